import type { Document } from '../../bson/index.ts'
import { type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { withIdFirst, withTimestamps } from '../update/index.ts'
import { acquire, findOrCreate } from './acquire.ts'
import { measured, type NewDocument } from './document_limits.ts'
import { insertOne, type LostInsert, tryInsertOne, writeGroup } from './insert_one.ts'
import { finishing } from './statement.ts'

export interface InsertOutcome {
  inserted: number
  readonly failures: { readonly index: number; readonly error: ServerError }[]
}

export interface InsertOptions {
  readonly ordered: boolean
}

/**
 * Inserts a batch. Outside a transaction, groups of up to `internalInsertMaxBatchSize` documents go
 * in one storage transaction; if a group fails, each of it is inserted by itself. Inside one, the
 * first failure is thrown. Source: write_ops_exec.cpp, `insertBatchAndHandleErrors` (8.0).
 */
export function insertDocuments(
  op: OperationContext,
  ns: Namespace,
  given: readonly Document[],
  options: InsertOptions,
): MaybeOperation<InsertOutcome> {
  return finishing(op, insertGiven, ns, given, options)
}

function insertGiven(
  op: OperationContext,
  ns: Namespace,
  given: readonly Document[],
  options: InsertOptions,
): MaybeOperation<InsertOutcome> {
  if (given.length !== 1 || op.exploring) {
    const documents = given.map((document) => prepare(op, document))
    return insertBatch(op, ns, documents, options)
  }
  const document = prepare(op, given[0]!)
  const tried = document.problem ?? tryInsertOne(op, ns, document)
  if (tried === 'inserted') {
    const outcome: InsertOutcome = { inserted: 0, failures: [] }
    noteInserted(op, outcome, 1)
    return outcome
  }
  if (tried instanceof ServerError) return refused(op, tried)
  return insertBatch(op, ns, [document], options, tried)
}

function* insertBatch(
  op: OperationContext,
  ns: Namespace,
  documents: readonly NewDocument[],
  options: InsertOptions,
  firstLost?: LostInsert,
): Operation<InsertOutcome> {
  const outcome: InsertOutcome = { inserted: 0, failures: [] }
  let lost = firstLost
  for (let from = 0; from < documents.length; ) {
    const to = endOfGroup(op, documents, from)
    op.writeLog?.at(from)
    if (to - from > 1 && (yield* insertGroup(op, ns, documents.slice(from, to)))) {
      noteInserted(op, outcome, to - from)
      from = to
      continue
    }
    for (; from < to; from++) {
      const document = documents[from]!
      op.writeLog?.at(from)
      const error = document.problem ?? (yield* insertOne(op, ns, document, lost))
      lost = undefined
      if (error === undefined) {
        noteInserted(op, outcome, 1)
        continue
      }
      if (op.inTransaction) throw error
      outcome.failures.push({ index: from, error })
      if (options.ordered) return counted(op, outcome)
    }
  }
  return counted(op, outcome)
}

/**
 * Where the group that begins here ends: before a document that is refused, which is a group of its
 * own. In a transaction nothing can be undone by itself, so there all go one by one.
 */
function endOfGroup(op: OperationContext, documents: readonly NewDocument[], from: number): number {
  if (op.inTransaction) return from + 1
  const limit = Math.min(documents.length, from + op.parameters.get('internalInsertMaxBatchSize'))
  let end = from
  while (end < limit && documents[end]!.problem === undefined) end++
  return Math.max(end, from + 1)
}

/**
 * A group in one storage transaction: all, or nothing and false. Capped collections have no groups.
 */
function* insertGroup(
  op: OperationContext,
  ns: Namespace,
  documents: readonly NewDocument[],
): Operation<boolean> {
  op.checkForInterrupt()
  if (op.exploring) yield yieldPoints.beforeWrite
  const collection = yield* acquire(op, ns, 'write', findOrCreate)
  if (collection.options.capped === true) return false
  const { keysInserted } = op.debug
  try {
    if (writeGroup(op, collection, documents)) return true
  } catch (error) {
    // Tried again one by one, where the one at fault will say so.
    if (!(error instanceof ServerError)) throw error
    op.debug.keysInserted = keysInserted
  }
  op.finish()
  return false
}

/** Counted as it goes: an interruption, or a failure in a transaction, is thrown. */
function noteInserted(op: OperationContext, outcome: InsertOutcome, count: number): void {
  outcome.inserted += count
  op.debug.ninserted = outcome.inserted
}

/** Nothing inserted is a count too. */
function counted(op: OperationContext, outcome: InsertOutcome): InsertOutcome {
  op.debug.ninserted = outcome.inserted
  return outcome
}

function refused(op: OperationContext, error: ServerError): InsertOutcome {
  if (op.inTransaction) throw error
  return counted(op, { inserted: 0, failures: [{ index: 0, error }] })
}

/**
 * Source: `fixDocumentForInsert`, insert.cpp: an `_id` there is, and first; empty timestamps are
 * filled.
 */
function prepare(op: OperationContext, given: Document): NewDocument {
  const document = withTimestamps(given, op)
  const id = '_id' in document ? document['_id'] : op.services.ids.mint()
  return measured(withIdFirst(document, id))
}
