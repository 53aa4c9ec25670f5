/** Whether an error of the driver is what a test expects. */
import {
  type Document,
  MongoBulkWriteError,
  MongoClientBulkWriteError,
  MongoError,
  MongoOperationTimeoutError,
  MongoServerError,
} from 'mongodb'
import type { ExpectedError } from '../format.ts'
import { differenceButForWays } from './driver_ways.ts'
import { difference } from './match.ts'
import type { Difference, MatchScope } from './operators.ts'
import { isDocument, show, withoutMaps } from './values.ts'

interface Given {
  readonly error: Error
  /** The one error behind a bulk write that failed as a whole; otherwise the error itself. */
  readonly top: Error
  readonly scope: MatchScope
}

type Check = (expected: never, given: Given) => Difference

const CHECKS: Readonly<Record<keyof ExpectedError, Check>> = {
  isError: () => undefined,
  isClientError: (expected: boolean, { top }) =>
    expected === !isFromServer(top)
      ? undefined
      : expected
        ? 'is not of the client'
        : 'is of the client',
  isTimeoutError: (expected: boolean, { top }) =>
    expected === top instanceof MongoOperationTimeoutError
      ? undefined
      : `is ${expected ? 'no' : 'a'} time-out of the operation`,
  errorContains: (expected: string, { error }) =>
    messagesOf(error).some((text) => text.toLowerCase().includes(expected.toLowerCase()))
      ? undefined
      : `should contain ${show(expected)}`,
  errorCode: (expected: number, { top }) =>
    codesOf(top).includes(expected) ? undefined : `should have code ${expected}`,
  errorCodeName: (expected: string, { error, top }) =>
    [...codeNamesOf(top), ...codeNamesOf(error)].includes(expected.toLowerCase())
      ? undefined
      : `should have the code name ${expected}`,
  errorLabelsContain: (expected: readonly string[], given) => {
    const missing = expected.filter((label) => !hasLabel(given, label))
    return missing.length === 0 ? undefined : `should have the labels ${missing.join(', ')}`
  },
  errorLabelsOmit: (expected: readonly string[], given) => {
    const present = expected.filter((label) => hasLabel(given, label))
    return present.length === 0 ? undefined : `should not have the labels ${present.join(', ')}`
  },
  writeErrors: (expected: Document, { error, scope }) => {
    const given = withoutMaps((error as MongoClientBulkWriteError).writeErrors)
    const wanted = Object.keys(expected)
    if (!isDocument(given) || Object.keys(given).length !== wanted.length) {
      return `should have write errors for ${wanted.join(', ')}, and has ${show(given)}`
    }
    return firstOf(wanted, (index) =>
      difference(expected[index], given[index], { scope, path: `writeErrors.${index}` }),
    )
  },
  writeConcernErrors: (expected: readonly Document[], { error, scope }) =>
    difference(expected, (error as MongoClientBulkWriteError).writeConcernErrors, {
      scope,
      path: 'writeConcernErrors',
      rootElements: true,
    }),
  errorResponse: (expected: Document, { top, scope }) =>
    difference(expected, responseOf(top), { scope, path: 'errorResponse' }),
  expectResult: (expected: unknown, { error, scope }) =>
    differenceButForWays('error result', expected, partialResultOf(error), {
      scope,
      path: 'result',
    }),
}

/** The first expectation that the error does not meet. */
export function errorDiffers(
  expected: ExpectedError,
  error: unknown,
  scope: MatchScope,
): Difference {
  if (!(error instanceof Error)) return `threw ${show(error)}, which is no error`
  const given = { error, top: topOf(error), scope }
  return firstOf(Object.keys(expected), (name) => {
    const check = CHECKS[name as keyof ExpectedError]
    if (check === undefined) throw new Error(`the format knows no expectation '${name}' of errors`)
    const found = check(expected[name as keyof ExpectedError] as never, given)
    return found === undefined ? undefined : `the error ${found}: ${describeError(error)}`
  })
}

export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return show(error)
  const { code } = error as { code?: unknown }
  const labels = error instanceof MongoError ? error.errorLabels : []
  const shown = labels.length > 0 ? ` [${labels.join(', ')}]` : ''
  const cause = error.cause instanceof Error ? `; caused by ${describeError(error.cause)}` : ''
  return `${error.name}${code === undefined ? '' : `(${code})`}: ${error.message}${shown}${cause}`
}

function topOf(error: Error): Error {
  if (error instanceof MongoClientBulkWriteError && error.cause instanceof Error) return error.cause
  if (error instanceof MongoBulkWriteError) {
    // Where the command itself failed, its error is kept in place of a reply.
    const { errorResponse } = error as { errorResponse?: unknown }
    if (errorResponse instanceof Error) return errorResponse
  }
  return error
}

function isFromServer(error: Error): boolean {
  return error instanceof MongoServerError
}

function messagesOf(error: Error): string[] {
  const texts = [error.message, topOf(error).message]
  const { writeErrors } = error as { writeErrors?: unknown }
  const errors = writeErrors instanceof Map ? [...writeErrors.values()] : writeErrors
  if (!(error instanceof MongoClientBulkWriteError) && Array.isArray(errors)) {
    texts.push(...errors.map((one: Document) => String(one['errmsg'] ?? one['message'])))
  }
  return texts
}

function codesOf(error: Error): unknown[] {
  const { code } = error as { code?: unknown }
  return [code, responseOf(error)?.['code']]
}

function codeNamesOf(error: Error): string[] {
  const { codeName } = error as { codeName?: unknown }
  return [codeName, responseOf(error)?.['codeName']].map((name) => String(name).toLowerCase())
}

function hasLabel({ error, top }: Given, label: string): boolean {
  return [error, top].some((one) => one instanceof MongoError && one.hasErrorLabel(label))
}

/** The server's reply, as far as the driver keeps it. */
function responseOf(error: Error): Document | undefined {
  return error instanceof MongoServerError ? (error.errorResponse as Document) : undefined
}

function partialResultOf(error: Error): unknown {
  if (error instanceof MongoClientBulkWriteError) return error.partialResult
  if (error instanceof MongoBulkWriteError) return error.result
  return error instanceof MongoServerError ? error.errorResponse?.['result'] : undefined
}

function firstOf(names: readonly string[], find: (name: string) => Difference): Difference {
  for (const name of names) {
    const found = find(name)
    if (found !== undefined) return found
  }
  return undefined
}
