/** One operation of a test: done, and held against what the test expects of it. */
import { AbstractCursor, ChangeStream, Collection, type Document } from 'mongodb'
import * as own from '../../src/client/index.ts'
import type { Entity } from './entities.ts'
import type { Operation } from './format.ts'
import { differenceButForWays } from './match/driver_ways.ts'
import { describeError, errorDiffers } from './match/errors.ts'
import { RUNNER_OPERATIONS } from './operations/runner.ts'
import { NOT_IN_DRIVER, OPERATIONS } from './operations/table.ts'
import { driverOptions } from './options.ts'
import { checkSame, Failure, LeftOut } from './outcome.ts'
import type { TestRun } from './test_run.ts'

export interface PerformOptions {
  /** Errors go on to the caller even where they were expected: it is a callback. */
  readonly rethrow?: boolean
}

/** @throws Failure, LeftOut; with `rethrow` the operation's own error */
export async function performEach(
  run: TestRun,
  operations: readonly Operation[],
  options: PerformOptions = {},
): Promise<void> {
  for (const operation of operations) await perform(run, operation, options)
}

export async function perform(
  run: TestRun,
  operation: Operation,
  { rethrow = false }: PerformOptions,
): Promise<void> {
  if (operation.object === 'testRunner') {
    await performSpecial(run, operation)
    return
  }
  const call = prepare(run, operation)
  let result: unknown
  try {
    result = await call()
  } catch (error) {
    if (error instanceof Failure || error instanceof LeftOut) throw error
    checkError(run, operation, error)
    if (rethrow) throw error
    return
  }
  checkResult(run, operation, result)
}

async function performSpecial(run: TestRun, operation: Operation): Promise<void> {
  const special = RUNNER_OPERATIONS[operation.name]
  if (special === undefined) throw new Failure(`the runner has no operation '${operation.name}'`)
  await special(run, operation.arguments ?? {})
}

/** Everything that a test can get wrong, before the operation itself may fail. */
function prepare(run: TestRun, operation: Operation): () => unknown {
  const { name, object } = operation
  checkForm(operation)
  const { kind, value } = run.entities.find(object)
  const method = OPERATIONS[kind][name] as
    | ((target: unknown, args: Document, run: TestRun) => unknown)
    | undefined
  const lacking = NOT_IN_DRIVER[name]
  if (method === undefined && lacking !== undefined) throw new LeftOut(lacking)
  if (method === undefined) throw new Failure(`a ${kind} has no operation '${name}'`)
  const args = driverOptions(run.entities, operation.arguments)
  return () => method(value, args, run)
}

function checkForm(operation: Operation): void {
  if (operation.ignoreResultAndError !== true) return
  for (const other of ['expectError', 'expectResult', 'saveResultAsEntity'] as const) {
    if (operation[other] === undefined) continue
    throw new Failure(`ignoreResultAndError and ${other} exclude each other`)
  }
}

function checkError(run: TestRun, operation: Operation, error: unknown): void {
  if (operation.ignoreResultAndError === true) return
  const { expectError, name } = operation
  if (expectError === undefined) throw new Failure(`${name} failed: ${describeError(error)}`)
  const found = errorDiffers(expectError, error, run)
  checkSame(found === undefined ? undefined : `${name}: ${found}`)
}

function checkResult(run: TestRun, operation: Operation, result: unknown): void {
  const { name, ignoreResultAndError, expectError, expectResult, saveResultAsEntity } = operation
  if (ignoreResultAndError === true) return
  if (expectError !== undefined) throw new Failure(`${name} should have failed`)
  if (expectResult !== undefined) {
    const rootElements = name !== 'distinct'
    const options = { scope: run, path: name, rootElements }
    checkSame(differenceButForWays('result', expectResult, result, options))
  }
  if (saveResultAsEntity !== undefined) run.entities.add(saveResultAsEntity, entityOf(result, name))
}

function entityOf(result: unknown, name: string): Entity {
  if (result === undefined) throw new Failure(`${name} has no result to save`)
  if (isCursor(result)) return { kind: 'cursor', value: result }
  if (isCollection(result)) return { kind: 'collection', value: result }
  return { kind: 'value', value: result }
}

/** Of the driver, or of the in-process client. */
function isCursor(result: unknown): result is AbstractCursor | ChangeStream {
  if (result instanceof AbstractCursor || result instanceof ChangeStream) return true
  return result instanceof own.AbstractCursor || result instanceof own.ChangeStream
}

function isCollection(result: unknown): result is Collection {
  return result instanceof Collection || result instanceof own.Collection
}
