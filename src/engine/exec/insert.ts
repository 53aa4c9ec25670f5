import { type Document, depthOf, isDocument, sizeOf } from '../../bson/index.ts'
import { type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import { OK } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { insertRecord } from '../record_writes.ts'
import { checkIdValue, withIdFirst, withTimestamps } from '../update/index.ts'
import { acquire, checkWritable, findOrCreate, tryAcquire } from './acquire.ts'
import { backOffInsert } from './write_conflict.ts'

/** 16 MiB; server: BSONObjMaxUserSize. */
export const DOCUMENT_BYTES_MAX = 16_777_216
/** Server: BSONDepth::getMaxDepthForUserStorage, 200 less what the server may wrap around it. */
export const DOCUMENT_DEPTH_MAX = 180

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
  const documents = given.map((document) => prepare(op, document))
  if (documents.length !== 1 || op.exploring) return insertBatch(op, ns, documents, options)
  const document = documents[0]!
  const problem = checkDocument(document)
  if (problem !== undefined) return refused(op, 0, problem)
  const collection = findOrCreate(op, ns)
  if (!tryAcquire(op, collection, 'write')) return insertBatch(op, ns, documents, options)
  try {
    if (tryGroup(op, collection, documents, 0, 1)) return { inserted: 1, failures: [] }
  } catch (error) {
    return refused(op, 0, asServerError(error))
  }
  return insertBatch(op, ns, documents, options, 1)
}

function* insertBatch(
  op: OperationContext,
  ns: Namespace,
  documents: readonly Document[],
  options: InsertOptions,
  conflicts = 0,
): Operation<InsertOutcome> {
  const outcome: InsertOutcome = { inserted: 0, failures: [] }
  const groupMax = op.parameters.get('internalInsertMaxBatchSize')
  let next = 0
  let carried = conflicts
  while (next < documents.length) {
    let end = next
    while (end < documents.length && end - next < groupMax) {
      if (checkDocument(documents[end]!) !== undefined) break
      end++
    }
    // A document that is refused is a group of its own; so is one that met a conflict already.
    if (end === next || carried > 0) end = next + 1
    const grouped = end - next > 1 && (yield* insertGroup(op, ns, documents, next, end))
    if (grouped) outcome.inserted += end - next
    for (let i = next; i < end && !grouped; i++) {
      const error = yield* insertAlone(op, ns, documents[i]!, carried)
      carried = 0
      if (error === undefined) outcome.inserted++
      else if (op.inTransaction) throw error
      else outcome.failures.push({ index: i, error })
      if (error !== undefined && options.ordered) return outcome
    }
    next = end
  }
  return outcome
}

/** A group in one storage transaction: all, or nothing and false. */
function* insertGroup(
  op: OperationContext,
  ns: Namespace,
  documents: readonly Document[],
  from: number,
  to: number,
): Operation<boolean> {
  // In a transaction nothing can be undone by itself: there, one by one is the same.
  if (op.inTransaction) return false
  op.checkForInterrupt()
  if (op.exploring) yield yieldPoints.beforeWrite
  const collection = findOrCreate(op, ns)
  if (collection.options.capped === true) return false
  if (!tryAcquire(op, collection, 'write')) yield* acquire(op, collection, 'write')
  try {
    return tryGroup(op, collection, documents, from, to)
  } catch (error) {
    asServerError(error)
    return false
  } finally {
    op.finish()
  }
}

/** One document, tried again on the insert schedule for as long as it conflicts. */
function* insertAlone(
  op: OperationContext,
  ns: Namespace,
  document: Document,
  conflicts: number,
): Operation<ServerError | undefined> {
  const problem = checkDocument(document)
  if (problem !== undefined) return problem
  let retry = conflicts
  if (retry > 0) yield* backOffInsert(op, retry)
  for (;;) {
    op.checkForInterrupt()
    if (op.exploring) yield yieldPoints.beforeWrite
    const collection = findOrCreate(op, ns)
    if (!tryAcquire(op, collection, 'write')) yield* acquire(op, collection, 'write')
    try {
      if (tryGroup(op, collection, [document], 0, 1)) {
        op.releaseIntents()
        return undefined
      }
    } catch (error) {
      if (!op.inTransaction) op.finish()
      return asServerError(error)
    }
    yield* backOffInsert(op, ++retry)
  }
}

/** False: a write conflict; nothing of the group stands once the snapshot is given up. */
function tryGroup(
  op: OperationContext,
  collection: Collection,
  documents: readonly Document[],
  from: number,
  to: number,
): boolean {
  checkWritable(op, collection)
  if (op.inTransaction && collection.options.capped === true) {
    throw new ServerError(
      'OperationNotSupportedInTransaction',
      `Collection '${collection.text}' is a capped collection. Writes in transactions are not allowed on capped collections.`,
    )
  }
  const { debug } = op
  const keysBefore = debug.keysInserted
  for (let i = from; i < to; i++) {
    if (insertRecord(op, collection, documents[i]!) !== OK) {
      debug.keysInserted = keysBefore
      return false
    }
  }
  if (op.commitUnit() !== OK) return false
  debug.ninserted = (debug.ninserted ?? 0) + (to - from)
  return true
}

/** Source: `fixDocumentForInsert`, insert.cpp: an `_id` there is, and first; empty timestamps are filled. */
function prepare(op: OperationContext, given: Document): Document {
  const { ids, timestamps } = op.services
  const document = withTimestamps(given, { timestamp: () => timestamps.next() })
  return withIdFirst(document, '_id' in document ? document['_id'] : ids.mint())
}

function refused(op: OperationContext, index: number, error: ServerError): InsertOutcome {
  if (op.inTransaction) throw error
  op.finish()
  return { inserted: 0, failures: [{ index, error }] }
}

/** Anything else is a fault of ours, and goes up. */
function asServerError(error: unknown): ServerError {
  if (error instanceof ServerError) return error
  throw error
}

/**
 * Whether a document may be stored. Source: `fixDocumentForInsert`, insert.cpp (8.0).
 *
 * @returns the error, or nothing
 */
export function checkDocument(document: Document): ServerError | undefined {
  const sizeBytes = sizeOf(document)
  if (sizeBytes > DOCUMENT_BYTES_MAX) {
    return new ServerError(
      'BSONObjectTooLarge',
      `object to insert too large. size in bytes: ${sizeBytes}, max size: ${DOCUMENT_BYTES_MAX}`,
    )
  }
  // Each level of nesting takes at least eight bytes, so small documents need no second look.
  if (sizeBytes > DOCUMENT_DEPTH_MAX * 8 && depthOf(document) > DOCUMENT_DEPTH_MAX) {
    return new ServerError(
      'Overflow',
      `cannot insert document because it exceeds ${DOCUMENT_DEPTH_MAX} levels of nesting`,
    )
  }
  return checkId(document['_id'])
}

function checkId(id: unknown): ServerError | undefined {
  if (typeof id === 'string' || typeof id === 'number') return undefined
  if (isDocument(id)) {
    for (const name in id) {
      if (name.startsWith('$')) {
        return new ServerError(
          'DollarPrefixedFieldName',
          `_id fields may not contain '$'-prefixed fields: ${name} is not valid for storage.`,
        )
      }
    }
    return undefined
  }
  try {
    checkIdValue(id)
    return undefined
  } catch (error) {
    return asServerError(error)
  }
}
