import type { Document } from '../../bson/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { missingSpecs } from '../catalog/index_conflict.ts'
import type { Index, IndexSpec } from '../catalog/index_definition.ts'
import { checkIndexSpec, idIndexSpec } from '../catalog/index_spec.ts'
import { checkCreatable, type Namespace, namespaceText } from '../catalog/namespace.ts'
import { BINARY_ORDER } from '../collation/index.ts'
import { ServerError } from '../errors.ts'
import { createNow, exclusively, findCollection } from '../exec/acquire.ts'
import type { OperationContext } from '../operation_context.ts'
import { buildIndexes } from './index_build.ts'

export interface CreateIndexesOutcome {
  readonly before: number
  readonly after: number
  readonly createdAutomatically: boolean
}

/**
 * Builds the indexes that are not there yet, in one go, with the collection taken alone. A
 * transaction with an older snapshot keeps to the collection as that snapshot has it, without them.
 *
 * @throws ServerError of `checkIndexSpec`; 85, 86 for a clash; 263 in a transaction; 11000
 */
export function* createIndexes(
  op: OperationContext,
  ns: Namespace,
  given: readonly Document[],
): Operation<CreateIndexesOutcome> {
  checkCreatable(ns)
  const found = findCollection(op, ns)
  const order = found?.order ?? BINARY_ORDER
  const specs = given.map((one) => checkIndexSpec(one, order))
  const missing = missingSpecs(ns, specsOf(found), specs)
  const createdAutomatically = found === undefined
  const collection = found ?? createNow(op, ns, {})
  const before = collection.indexes.length
  if (missing.length === 0) return { before, after: before, createdAutomatically }
  if (op.transaction !== undefined) {
    const made = addInTransaction(op, collection, missing)
    return { before, after: made.indexes.length, createdAutomatically }
  }
  return yield* exclusively(op, collection, () => {
    const current = findCollection(op, ns) ?? createNow(op, ns, {})
    const { indexes } = current
    const built = buildIndexes(op, current, missingSpecs(ns, specsOf(current), specs))
    op.services.catalog.change(ns, current.withIndexes([...indexes, ...built]))
    noteIndexes(op, 'createIndexes', current, built)
    return { before: indexes.length, after: indexes.length + built.length, createdAutomatically }
  })
}

function specsOf(collection: Collection | undefined): IndexSpec[] {
  return collection?.indexes.map((index) => index.spec) ?? [idIndexSpec()]
}

/** Allowed only on collections made in the same transaction, and only while they are empty. */
function addInTransaction(
  op: OperationContext,
  collection: Collection,
  specs: readonly IndexSpec[],
): Collection {
  const { transaction } = op
  if (transaction?.isCreatedHere(collection) !== true) {
    throw new ServerError(
      'OperationNotSupportedInTransaction',
      `Cannot create new indexes on existing collection ${collection.text} in a multi-document transaction.`,
    )
  }
  if (op.storage.scan(collection.records).next()) {
    throw new ServerError(
      'OperationNotSupportedInTransaction',
      `Cannot create new indexes on non-empty collection ${collection.text} in a multi-document transaction.`,
    )
  }
  const added = specs.map((spec) => op.services.catalog.buildIndex(spec))
  for (const { usage } of added) usage.sinceUs = op.clock.nowUs()
  const made = collection.withIndexes([...collection.indexes, ...added])
  transaction.addCreated(made)
  return made
}

/**
 * @param which `'*'`, or indexes that the caller found; the `_id` index always stays
 * @throws ServerError 26 NamespaceNotFound
 */
export function* dropIndexes(
  op: OperationContext,
  ns: Namespace,
  which: '*' | readonly Index[],
): Operation<{ nIndexesWas: number }> {
  const { catalog } = op.services
  const collection = existing(op, ns)
  return yield* exclusively(op, collection, () => {
    const current = existing(op, ns)
    const goes = (index: Index) => !index.isId && (which === '*' || which.includes(index))
    const gone = current.indexes.filter(goes)
    catalog.change(ns, current.withIndexes(current.indexes.filter((index) => !goes(index))))
    catalog.forget(gone)
    noteIndexes(op, 'dropIndexes', current, gone)
    return { nIndexesWas: current.indexes.length }
  })
}

/** One change each. */
function noteIndexes(
  op: OperationContext,
  kind: 'createIndexes' | 'dropIndexes',
  { ns, uuid }: Collection,
  indexes: readonly Index[],
): void {
  for (const { spec } of indexes) {
    op.services.changes.happened({ kind, ns, uuid, spec: spec.document })
  }
}

function existing(op: OperationContext, ns: Namespace): Collection {
  const collection = findCollection(op, ns)
  if (collection !== undefined) return collection
  throw new ServerError('NamespaceNotFound', `ns not found ${namespaceText(ns)}`)
}

/**
 * Builds every index anew, with the collection taken alone.
 *
 * @returns the collection with its new indexes
 * @throws ServerError 26 NamespaceNotFound; 11000
 */
export function* rebuildIndexes(op: OperationContext, ns: Namespace): Operation<Collection> {
  const { catalog } = op.services
  return yield* exclusively(op, existing(op, ns), () => {
    const current = existing(op, ns)
    const rebuilt = current.withIndexes(buildIndexes(op, current, specsOf(current)))
    catalog.change(ns, rebuilt)
    catalog.forget(current.indexes)
    return rebuilt
  })
}
