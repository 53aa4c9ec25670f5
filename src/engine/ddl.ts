import { canonicalText, type Document } from '../bson/index.ts'
import type { Operation } from '../sim/index.ts'
import { OK } from '../storage/index.ts'
import type { Collection, CollectionOptions } from './catalog/collection.ts'
import type { Index, IndexSpec } from './catalog/index_definition.ts'
import { checkIndexSpec, sameIndex, samePattern } from './catalog/index_spec.ts'
import { checkCreatable, type Namespace, namespaceText } from './catalog/namespace.ts'
import { ServerError } from './errors.ts'
import { acquireExclusive, createNow, findCollection } from './exec/acquire.ts'
import { insertEntry } from './index/entries.ts'
import { keysOf } from './index/keys.ts'
import { takeExclusive } from './lock_wait.ts'
import type { OperationContext } from './operation_context.ts'

/**
 * What changes the catalog. Each of these takes the collection alone and so waits for every open
 * transaction that touched it, as the server's do.
 */

/** Server: `IndexCatalogImpl::kMaxNumIndexesAllowed`. */
const INDEXES_MAX = 64

/** @throws ServerError 48 NamespaceExists, unless it exists with the same options */
export function createCollection(
  op: OperationContext,
  ns: Namespace,
  options: CollectionOptions,
): void {
  checkCreatable(ns)
  const existing = findCollection(op, ns)
  if (existing === undefined) {
    createNow(op, ns, options)
    return
  }
  if (sameOptions(existing.options, options)) return
  throw new ServerError(
    'NamespaceExists',
    `namespace ${namespaceText(ns)} already exists, but with different options: ${canonicalText(existing.options)}`,
  )
}

function sameOptions(a: CollectionOptions, b: CollectionOptions): boolean {
  return (a.capped ?? false) === (b.capped ?? false) && a.size === b.size && a.max === b.max
}

/** @returns how many indexes it had, or nothing where there was no such collection */
export function* dropCollection(
  op: OperationContext,
  ns: Namespace,
): Operation<{ nIndexesWas: number } | undefined> {
  const collection = op.services.catalog.latest(ns.db, ns.coll)
  if (collection === undefined) return undefined
  yield* acquireExclusive(op, collection)
  try {
    // It may have gone, or changed, while we waited.
    const current = op.services.catalog.latest(ns.db, ns.coll)
    if (current === undefined) return undefined
    op.services.catalog.change(ns, undefined)
    return { nIndexesWas: current.indexes.length }
  } finally {
    collection.lock.releaseExclusive()
  }
}

export function* dropDatabase(op: OperationContext, db: string): Operation<boolean> {
  const { catalog } = op.services
  const lock = catalog.databaseLock(db)
  yield* takeExclusive(op, lock)
  try {
    const collections = catalog.collections(db)
    for (const collection of collections) catalog.change(collection.ns, undefined)
    return collections.length > 0
  } finally {
    lock.releaseExclusive()
  }
}

export interface CreateIndexesOutcome {
  readonly before: number
  readonly after: number
  readonly createdAutomatically: boolean
}

/** @throws ServerError of `checkIndexSpec`; 85, 86 for a clash; 263 in a transaction; 11000 */
export function* createIndexes(
  op: OperationContext,
  ns: Namespace,
  given: readonly Document[],
): Operation<CreateIndexesOutcome> {
  checkCreatable(ns)
  const specs = given.map(checkIndexSpec)
  let collection = findCollection(op, ns)
  const createdAutomatically = collection === undefined
  collection ??= createNow(op, ns, {})
  const before = collection.indexes.length
  if (missingOf(collection, specs).length === 0)
    return { before, after: before, createdAutomatically }
  if (op.transaction !== undefined) {
    const made = buildInTransaction(op, collection, specs)
    return { before, after: made.indexes.length, createdAutomatically }
  }
  yield* acquireExclusive(op, collection)
  try {
    const current = op.services.catalog.latest(ns.db, ns.coll) ?? createNow(op, ns, {})
    const built = buildIndexes(op, current, missingOf(current, specs))
    op.services.catalog.change(ns, current.withIndexes([...current.indexes, ...built]))
    return { before, after: current.indexes.length + built.length, createdAutomatically }
  } finally {
    collection.lock.releaseExclusive()
  }
}

/** Allowed only on collections made in the same transaction, and only while they are empty. */
function buildInTransaction(
  op: OperationContext,
  collection: Collection,
  specs: readonly IndexSpec[],
): Collection {
  if (op.transaction?.isCreatedHere(collection) !== true) {
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
  const built = missingOf(collection, specs).map((spec) => op.services.catalog.buildIndex(spec))
  const made = collection.withIndexes([...collection.indexes, ...built])
  op.transaction.addCreated(made)
  return made
}

/** Fills new indexes from the records, all in one storage transaction. */
function buildIndexes(
  op: OperationContext,
  collection: Collection,
  specs: readonly IndexSpec[],
): Index[] {
  const built = specs.map((spec) => op.services.catalog.buildIndex(spec))
  const scan = op.storage.scan(collection.records)
  while (scan.next()) {
    for (const index of built) {
      const { keys, multikey } = keysOf(index, scan.value)
      if (multikey) index.multikey = true
      for (const key of keys) {
        const entry = { document: scan.value, key, recordId: scan.key }
        if (insertEntry(op, collection, index, entry) !== OK) {
          throw new ServerError('WriteConflict', 'an index build met a conflict on a new index')
        }
      }
    }
  }
  op.commitUnit()
  return built
}

/** Those of the specifications that the collection has not. @throws ServerError 85, 86, 67 */
function missingOf(collection: Collection, specs: readonly IndexSpec[]): IndexSpec[] {
  const known: IndexSpec[] = collection.indexes.map((index) => index.spec)
  const missing: IndexSpec[] = []
  for (const spec of specs) {
    if (isThere(known, spec)) continue
    known.push(spec)
    missing.push(spec)
  }
  if (known.length > INDEXES_MAX) {
    throw new ServerError(
      'CannotCreateIndex',
      `add index fails, too many indexes for ${collection.text} key:${canonicalText(specs.at(-1)?.document['key'])}`,
    )
  }
  return missing
}

/** Source: `IndexCatalogImpl::_doesSpecConflictWithExisting`. */
function isThere(known: readonly IndexSpec[], spec: IndexSpec): boolean {
  const named = known.find((other) => other.name === spec.name)
  const alike = known.find((other) => samePattern(other, spec))
  if (named !== undefined && !samePattern(named, spec)) {
    throw new ServerError(
      'IndexKeySpecsConflict',
      `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${text(spec)}, existing index: ${text(named)}`,
    )
  }
  if (alike === undefined) return false
  if (alike.name !== spec.name) {
    throw new ServerError(
      'IndexOptionsConflict',
      `Index already exists with a different name: ${alike.name}`,
    )
  }
  if (sameIndex(alike, spec)) return true
  throw new ServerError(
    'IndexKeySpecsConflict',
    `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${text(spec)}, existing index: ${text(alike)}`,
  )
}

/** @param which `'*'`, a name, several names, or a key pattern's index found by the caller */
export function* dropIndexes(
  op: OperationContext,
  ns: Namespace,
  which: '*' | readonly Index[],
): Operation<{ nIndexesWas: number }> {
  const collection = findCollection(op, ns)
  if (collection === undefined) {
    throw new ServerError('NamespaceNotFound', `ns not found ${namespaceText(ns)}`)
  }
  yield* acquireExclusive(op, collection)
  try {
    const current = op.services.catalog.latest(ns.db, ns.coll) ?? collection
    const goes = (index: Index) => !index.isId && (which === '*' || which.includes(index))
    const kept = current.indexes.filter((index) => !goes(index))
    op.services.catalog.change(ns, current.withIndexes(kept))
    return { nIndexesWas: current.indexes.length }
  } finally {
    collection.lock.releaseExclusive()
  }
}

const text = (spec: IndexSpec): string => canonicalText(spec.document)
