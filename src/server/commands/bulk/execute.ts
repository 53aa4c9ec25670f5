import type { Document } from '../../../bson/index.ts'
import {
  type DeleteOutcome,
  deleteStatement,
  findView,
  type InsertOutcome,
  insertDocuments,
  ServerError,
  type UpdateOutcome,
  type UpdateRequest,
  updateStatement,
} from '../../../engine/index.ts'
import { isOperation, type MaybeOperation, type Operation } from '../../../sim/index.ts'
import type { Invocation } from '../../invocation.ts'
import { collationOf } from '../../terms.ts'
import { notOnView } from '../../views/not_on_view.ts'
import type { BulkOperation } from './operations.ts'

/** What came of one operation, in the shape of whichever statement it was. */
export type BulkOutcome = InsertOutcome | UpdateOutcome | DeleteOutcome

/** Runs one operation as the statement that it is. @throws ServerError its failure */
export function executeOperation(
  invocation: Invocation,
  operation: BulkOperation,
): MaybeOperation<BulkOutcome> {
  const view = findView(invocation.op, operation.ns)
  if (view !== undefined) throw notOnView(view)
  const { opcounters } = invocation.server.services.metrics
  opcounters[operation.kind]++
  switch (operation.kind) {
    case 'insert':
      return insert(invocation, operation)
    case 'update':
      return update(invocation, operation)
    case 'delete':
      return remove(invocation, operation)
  }
}

function insert({ op }: Invocation, { ns, given }: BulkOperation): MaybeOperation<InsertOutcome> {
  const documents = [given['document'] as Document]
  const outcome = insertDocuments(op, ns, documents, { ordered: true })
  return isOperation(outcome) ? inserted(outcome) : thrown(outcome)
}

function* inserted(operation: Operation<InsertOutcome>): Operation<InsertOutcome> {
  return thrown(yield* operation)
}

/** A batch of one: its failure is the statement's. */
function thrown(outcome: InsertOutcome): InsertOutcome {
  const [failure] = outcome.failures
  if (failure !== undefined) throw failure.error
  return outcome
}

function update(
  invocation: Invocation,
  { ns, given }: BulkOperation,
): MaybeOperation<UpdateOutcome> {
  const { op } = invocation
  op.debug.nUpserted = 0
  refuseMulti(invocation, given)
  if (given['sort'] !== undefined && given['multi'] === true) {
    throw new ServerError('FailedToParse', 'Cannot specify sort with multi=true')
  }
  const request = {
    q: given['filter'],
    u: given['updateMods'],
    multi: given['multi'] === true,
    upsert: given['upsert'] === true,
    arrayFilters: given['arrayFilters'] ?? undefined,
    hint: hintOf(given),
    sort: given['sort'] ?? undefined,
    collation: collationOf(given),
    c: given['constants'],
  } as UpdateRequest
  return updateStatement(op, ns, request)
}

function remove(
  invocation: Invocation,
  { ns, given }: BulkOperation,
): MaybeOperation<DeleteOutcome> {
  const { op } = invocation
  op.debug.ndeleted = 0
  refuseMulti(invocation, given)
  const q = given['filter'] as Document
  const collation = collationOf(given)
  const multi = given['multi'] === true
  return deleteStatement(op, ns, { q, multi, hint: hintOf(given), collation })
}

/** An empty hint is none. */
function hintOf({ hint }: Document): unknown {
  if (typeof hint === 'string') return hint
  for (const _name in hint as Document | undefined) return hint
  return undefined
}

/** Source: `handleUpdateOp` and `handleDeleteOp`, bulk_write.cpp (8.0). */
function refuseMulti({ isRetryableWrite }: Invocation, { multi }: Document): void {
  if (!isRetryableWrite || multi !== true) return
  throw new ServerError(
    'InvalidOptions',
    'Cannot use (or request) retryable writes with multi=true',
  )
}
