import type { Document } from '../../bson/index.ts'
import { type InsertOutcome, insertDocuments, ServerError } from '../../engine/index.ts'
import { isOperation, type MaybeOperation, type Operation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { arrayOf, types } from '../fields.ts'
import { addWriteTime } from '../gossip.ts'
import type { Invocation } from '../invocation.ts'
import { countRetried, findDone, statementId } from '../retries.ts'
import { checkWrites, writeErrorOf } from '../write_batch.ts'

/** The documents of a batch that are still to be inserted, and where they stand in it. */
interface Batch {
  readonly documents: readonly Document[]
  /** Index in the command of each; undefined where all are here. */
  readonly indexes: readonly number[] | undefined
  readonly retriedStmtIds: readonly number[]
}

export const insert = {
  name: 'insert',
  target: 'collection',
  fields: {
    documents: arrayOf(),
    ordered: types.bool,
    bypassDocumentValidation: types.safeBool,
    stmtIds: types.array,
  },
  required: ['documents'],
  allowedInTransaction: true,
  isRetryableWrite: true,
  inApiVersion1: true,
  supportsWriteConcern: true,
  profiledAs: 'insert',
  writes: true,
  run(invocation: Invocation): MaybeOperation<Document> {
    const { command, op, ns, server } = invocation
    const given = command['documents'] as Document[]
    checkWrites(invocation, given.length)
    const batch = invocation.isRetryableWrite ? notYetInserted(invocation, given) : whole(given)
    server.services.metrics.opcounters.insert += batch.documents.length
    if (batch.documents.length === 0) return reply(invocation, batch, NOTHING)
    let outcome: MaybeOperation<InsertOutcome>
    try {
      outcome = insertDocuments(op, ns, batch.documents, { ordered: command['ordered'] !== false })
    } catch (error) {
      return reply(invocation, batch, failedInTransaction(invocation, error))
    }
    if (isOperation(outcome)) return replyLater(invocation, batch, outcome)
    return reply(invocation, batch, outcome)
  },
} as const satisfies CommandDescriptor

const NOTHING: InsertOutcome = { inserted: 0, failures: [] }

function* replyLater(
  invocation: Invocation,
  batch: Batch,
  operation: Operation<InsertOutcome>,
): Operation<Document> {
  let outcome: InsertOutcome
  try {
    outcome = yield* operation
  } catch (error) {
    outcome = failedInTransaction(invocation, error)
  }
  return reply(invocation, batch, outcome)
}

/**
 * In a transaction the first failure is thrown. One that leaves no point in trying again is
 * reported as a write error, with what was inserted before it, and ends the transaction.
 */
function failedInTransaction(invocation: Invocation, error: unknown): InsertOutcome {
  if (!(error instanceof ServerError)) throw error
  if (!invocation.inTransaction || invocation.failsWholeCommand(error)) throw error
  invocation.abortTransaction()
  const inserted = invocation.op.debug.ninserted ?? 0
  return { inserted, failures: [{ index: inserted, error }] }
}

function whole(documents: readonly Document[]): Batch {
  return { documents, indexes: undefined, retriedStmtIds: [] }
}

/** A retry inserts only what its first attempt did not get to. */
function notYetInserted(invocation: Invocation, given: readonly Document[]): Batch {
  const { command, op } = invocation
  const retriedStmtIds: number[] = []
  const indexes: number[] = []
  for (let i = 0; i < given.length; i++) {
    const stmtId = statementId(command, i)
    if (findDone(invocation, stmtId) === undefined) indexes.push(i)
    else retriedStmtIds.push(stmtId)
  }
  if (retriedStmtIds.length === 0) return whole(given)
  countRetried(invocation, retriedStmtIds.length, true)
  if (op.writeLog !== undefined) op.writeLog.stmtIdAt = (i) => statementId(command, indexes[i]!)
  return { documents: indexes.map((i) => given[i]!), indexes, retriedStmtIds }
}

function reply(invocation: Invocation, batch: Batch, outcome: InsertOutcome): Document {
  const { inserted, failures } = outcome
  if (inserted > 0) invocation.wrote = !invocation.inTransaction
  if (invocation.writeConcern?.isUnacknowledged === true) return { ok: 1 }
  const n = inserted + batch.retriedStmtIds.length
  const isPlain = failures.length === 0 && batch.retriedStmtIds.length === 0
  if (isPlain && !invocation.connection.gossip) return { n, ok: 1 }
  const made: Document = { n }
  addWriteTime(invocation, made)
  if (failures.length > 0) {
    made['writeErrors'] = failures.map(({ index, error }) =>
      writeErrorOf(batch.indexes?.[index] ?? index, error),
    )
  }
  if (batch.retriedStmtIds.length > 0) made['retriedStmtIds'] = batch.retriedStmtIds
  made['ok'] = 1
  return made
}
