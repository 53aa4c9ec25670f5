import { type Operation, type Suspension, yieldPoints } from '../../sim/index.ts'
import { OK } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { insertRecord } from '../record_writes.ts'
import { acquire, checkWritable, findOrCreate, tryAcquire } from './acquire.ts'
import type { NewDocument } from './document_limits.ts'
import { Retries } from './retries.ts'
import { conflictInInsert } from './write_conflict.ts'

/** What the first write conflict of an insert counts as. */
const INSERT_COUNTER_BASE = 1

/** A first attempt that met a conflict: how long to sleep, and the count to go on with. */
export interface LostInsert {
  readonly backoff: Suspension
  readonly retries: Retries
}

/** Inserts one document without waiting; undefined where somebody has the collection alone. */
export function tryInsertOne(
  op: OperationContext,
  ns: Namespace,
  document: NewDocument,
): 'inserted' | ServerError | LostInsert | undefined {
  const collection = findOrCreate(op, ns)
  if (!tryAcquire(op, collection, 'write')) return undefined
  return attempt(op, collection, document, undefined)
}

/**
 * Inserts one document in a unit of work of its own, tried again on the insert schedule for as long
 * as it conflicts.
 *
 * @param lost what became of a first attempt, just now
 * @returns why it was refused, or nothing
 * @throws ServerError in a transaction, whatever refuses it; outside, an interruption
 */
export function* insertOne(
  op: OperationContext,
  ns: Namespace,
  document: NewDocument,
  lost?: LostInsert,
): Operation<ServerError | undefined> {
  let retries = lost?.retries
  if (lost !== undefined) yield lost.backoff
  for (;;) {
    op.checkForInterrupt()
    if (op.exploring) yield yieldPoints.beforeWrite
    const collection = yield* acquire(op, ns, 'write', findOrCreate)
    const tried = attempt(op, collection, document, retries)
    if (tried === 'inserted') return undefined
    if (tried instanceof ServerError) return tried
    retries = tried.retries
    yield tried.backoff
  }
}

function attempt(
  op: OperationContext,
  collection: Collection,
  document: NewDocument,
  before: Retries | undefined,
): 'inserted' | ServerError | LostInsert {
  try {
    checkWritable(op, collection)
    if (writeOne(op, collection, document) && op.commitUnit() === OK) return 'inserted'
    const retries = before ?? new Retries(INSERT_COUNTER_BASE)
    return { backoff: conflictInInsert(op, retries), retries }
  } catch (error) {
    if (op.inTransaction || !(error instanceof ServerError)) throw error
    op.abandonSnapshot()
    return error
  }
}

/**
 * Writes documents in one unit of work. False: a write conflict; nothing of them stands once the
 * snapshot is given up.
 *
 * @throws ServerError DuplicateKey, ...; likewise
 */
export function writeGroup(
  op: OperationContext,
  collection: Collection,
  documents: readonly NewDocument[],
): boolean {
  checkWritable(op, collection)
  const { debug } = op
  const { keysInserted } = debug
  for (const document of documents) {
    if (writeOne(op, collection, document)) continue
    debug.keysInserted = keysInserted
    return false
  }
  return op.commitUnit() === OK
}

/** False: a write conflict; the keys of a document that did not get in do not count. */
function writeOne(op: OperationContext, collection: Collection, document: NewDocument): boolean {
  const { debug } = op
  const { keysInserted } = debug
  if (insertRecord(op, collection, document.document, document.sizeBytes) === OK) return true
  debug.keysInserted = keysInserted
  return false
}
