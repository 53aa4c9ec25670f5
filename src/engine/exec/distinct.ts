import { type Document, sizeOf } from '../../bson/index.ts'
import { isOperation, type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { ValueOrder } from '../collation/index.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { acquire, findCollection, tryAcquire } from './acquire.ts'
import { elementsAlongPath } from './elements_along_path.ts'
import { languageFor } from './language.ts'
import { PlanExecutor } from './plan_executor.ts'
import { pullAll } from './pull.ts'
import { finishing } from './statement.ts'

export interface DistinctRequest {
  readonly key: string
  readonly filter: Document
  readonly hint?: unknown
  readonly collation?: Document | undefined
}

/** The reply's array may not grow beyond a document; server: `kMaxResponseSize`, distinct.cpp. */
const VALUES_BYTES_MAX = 16 * 1024 * 1024

/** The different values of a field, in the order in which they are met; of arrays, each element. */
export function distinct(
  op: OperationContext,
  ns: Namespace,
  request: DistinctRequest,
): MaybeOperation<unknown[]> {
  return finishing(op, () => {
    if (op.exploring) return waitingDistinct(op, ns, request)
    const collection = findCollection(op, ns)
    if (collection === undefined) return distinctOfNothing(op, request)
    if (!tryAcquire(op, collection, 'read')) return waitingDistinct(op, ns, request)
    return distinctIn(op, collection, request)
  })
}

function* waitingDistinct(
  op: OperationContext,
  ns: Namespace,
  request: DistinctRequest,
): Operation<unknown[]> {
  if (op.exploring) yield yieldPoints.beforeOperation
  const collection = yield* acquire(op, ns, 'read', findCollection)
  if (collection === undefined) return distinctOfNothing(op, request)
  const answer = distinctIn(op, collection, request)
  return isOperation(answer) ? yield* answer : answer
}

function distinctOfNothing(
  op: OperationContext,
  { filter, collation }: DistinctRequest,
): unknown[] {
  op.services.filters.compile(filter, languageFor(op, undefined, collation))
  op.debug.planSummary = 'EOF'
  return []
}

function distinctIn(
  op: OperationContext,
  collection: Collection,
  { key, filter, hint, collation }: DistinctRequest,
): MaybeOperation<unknown[]> {
  const language = languageFor(op, collection, collation)
  const executor = new PlanExecutor(op, collection, {
    filter: op.services.filters.compile(filter, language),
    sort: undefined,
    hint,
    skip: 0,
    limit: 0,
    projection: undefined,
    isRead: true,
  })
  const values = new DistinctValues(language.order)
  const path = key.split('.')
  const pulled = pullAll(op, executor, ({ document }) => {
    elementsAlongPath(document, path, (value) => values.add(value))
  })
  return isOperation(pulled) ? thenValues(pulled, values) : values.found
}

function* thenValues(pulled: Operation<void>, values: DistinctValues): Operation<unknown[]> {
  yield* pulled
  return values.found
}

/** Values that compare equal count as one: the first of them. */
class DistinctValues {
  readonly found: unknown[] = []
  readonly #seen = new Set<string>()
  readonly #order: ValueOrder
  #sizeBytes = 0

  constructor(order: ValueOrder) {
    this.#order = order
  }

  add(value: unknown): void {
    const key = this.#order.keyOf(value)
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.found.push(value)
    this.#sizeBytes += sizeOf({ '': value })
    if (this.#sizeBytes > VALUES_BYTES_MAX) {
      throw new ServerError(17217, 'distinct too big, 16mb cap')
    }
  }
}
