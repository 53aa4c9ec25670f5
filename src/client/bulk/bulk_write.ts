/** `collection.bulkWrite` and `insertMany`: one batch after another, and what they add up to. */
import type { Document } from 'bson'
import { copyIn, copyOut, sizeOf } from '../../bson/index.ts'
import { isMongoError } from '../error_checks.ts'
import { executeOperation } from '../execute_operation.ts'
import { bsonOf, optionsOf } from '../operations/command_fields.ts'
import { deleteCommand } from '../operations/delete.ts'
import { ensureId, forcesServerObjectId, idFirst, insertCommand } from '../operations/insert.ts'
import { updateCommand } from '../operations/update.ts'
import type { BulkWriteOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import { budgetOf } from '../time_budget.ts'
import { type Batch, Batches, MAX_BYTES } from './batches.ts'
import { type BulkTally, BulkWriteResult, emptyTally } from './bulk_write_result.ts'
import type { BulkStatement } from './models.ts'
import { WriteConcernError, WriteError } from './write_error.ts'

/**
 * Runs the statements, in batches of one kind.
 * @throws MongoBulkWriteError where a statement or a whole batch failed, with what was done
 */
export async function bulkWrite(
  scope: Scope,
  statements: readonly BulkStatement[],
  options: BulkWriteOptions,
): Promise<BulkWriteResult> {
  const ordered = options.ordered !== false
  const tally = emptyTally()
  const batches = collect(scope, statements, options, tally)
  // One budget for all batches.
  const budget = budgetOf(scope.core, optionsOf(scope, options))
  const each = { ...options, ordered, ...(budget !== undefined && { budget }) }
  for (const batch of batches) {
    try {
      const running = sendBatch(scope, batch, each, tally)
      if (running instanceof Promise) await running
    } catch (error) {
      throw batchError(scope, error, batch, tally, ordered)
    }
    if (ordered && tally.writeErrors.length > 0) break
  }
  return resultOf(scope, tally, ordered)
}

/** Sends one batch and adds its reply to the tally: at once, where the server answers at once. */
export function sendBatch(
  scope: Scope,
  batch: Batch,
  options: BulkWriteOptions,
  tally: BulkTally,
): void | Promise<void> {
  const sent = commandOf(scope, batch, options)
  return executeOperation(scope.core, scope.db, sent, options, merge, { batch, tally })
}

/** @throws MongoBulkWriteError where a statement failed, with what was done */
export function resultOf(scope: Scope, tally: BulkTally, ordered: boolean): BulkWriteResult {
  const { errors } = scope.core
  const result = new BulkWriteResult(tally, { ordered })
  const [first] = tally.writeErrors
  if (first === undefined) return result
  throw new errors.MongoBulkWriteError(
    {
      message: first.errmsg || 'write operation failed',
      code: first.code,
      writeErrors: tally.writeErrors,
    },
    result,
  )
}

/** The batches to send. @throws MongoInvalidArgumentError for none, or what is too large */
export function collect(
  scope: Scope,
  statements: readonly BulkStatement[],
  options: BulkWriteOptions,
  tally: BulkTally,
): readonly Batch[] {
  const { core } = scope
  if (statements.length === 0) {
    throw new core.errors.MongoInvalidArgumentError('Invalid BulkOperation, Batch cannot be empty')
  }
  const bson = bsonOf(scope, options)
  const mints = !forcesServerObjectId(core, options)
  const batches = new Batches({ ordered: options.ordered !== false })
  for (const [index, { kind, op }] of statements.entries()) {
    if (kind === 'insert') {
      if (mints) ensureId(core, op)
      tally.insertedIds.push({ index, _id: op['_id'] })
    }
    const copy = copyIn(op, bson.in)
    const sizeBytes = sizeOf(copy)
    if (sizeBytes >= MAX_BYTES) {
      throw new core.errors.MongoInvalidArgumentError(
        `Document is larger than the maximum size ${MAX_BYTES}`,
      )
    }
    batches.add(kind, index, op, kind === 'insert' ? idFirst(copy) : copy, sizeBytes)
  }
  return batches.all()
}

function commandOf(scope: Scope, batch: Batch, options: BulkWriteOptions): Document {
  switch (batch.kind) {
    case 'insert':
      return insertCommand(scope, batch.sent, options)
    case 'update':
      return updateCommand(scope, batch.sent, options)
    case 'delete':
      return deleteCommand(scope, batch.sent, options)
  }
}

/** Adds a batch's reply to what the bulk write adds up to. */
function merge(reply: Document, { batch, tally }: { batch: Batch; tally: BulkTally }): void {
  const n: number = reply['n'] ?? 0
  const upserted: readonly Document[] = reply['upserted'] ?? []
  if (batch.kind === 'insert') tally.nInserted += n
  if (batch.kind === 'delete') tally.nRemoved += n
  if (batch.kind === 'update') {
    tally.nMatched += n - upserted.length
    tally.nModified += reply['nModified'] ?? 0
    tally.nUpserted += upserted.length
  }
  for (const { index, _id } of upserted.map((entry) => copyOut(entry) as Document)) {
    tally.upserted.push({ index: batch.indexes[index] as number, _id })
  }
  for (const failure of (reply['writeErrors'] ?? []) as readonly Document[]) {
    const { index, code, errmsg, errInfo } = copyOut(failure) as Document
    tally.writeErrors.push(
      new WriteError({
        index: batch.indexes[index] as number,
        code,
        errmsg,
        errInfo,
        op: batch.ops[index] as Document,
      }),
    )
  }
}

/** A batch that failed as a whole, or whose write concern was not met, ends the bulk write. */
export function batchError(
  scope: Scope,
  error: unknown,
  batch: Batch,
  tally: BulkTally,
  ordered: boolean,
): unknown {
  // Time that ran out is told as such, whatever it ran out on.
  if (!isMongoError(error) || error.name === 'MongoOperationTimeoutError') return error
  const { MongoBulkWriteError } = scope.core.errors
  if (error.name !== 'MongoWriteConcernError') {
    return new MongoBulkWriteError(error, new BulkWriteResult(tally, { ordered }))
  }
  // The writes were done: they count.
  const { result: reply } = error as unknown as { result: Document }
  merge(reply, { batch, tally })
  const { code, errmsg } = reply['writeConcernError']
  tally.writeConcernErrors.push(new WriteConcernError(reply['writeConcernError']))
  return new MongoBulkWriteError({ message: errmsg, code }, new BulkWriteResult(tally, { ordered }))
}
