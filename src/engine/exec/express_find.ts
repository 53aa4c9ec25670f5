import { type Document, encodeIdKey, keyStringBound } from '../../bson/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Index } from '../catalog/index_definition.ts'
import { BINARY_ORDER } from '../collation/index.ts'
import { boundIn } from '../index/keys.ts'
import type { OpDebug } from '../op_debug.ts'
import type { OperationContext } from '../operation_context.ts'
import { type CompiledFilter, isExactValue } from '../query/index.ts'
import type { FindRequest } from './find.ts'
import { idToLookUp, languageFor } from './language.ts'
import { expressStats } from './write_statement.ts'

/**
 * Finds that take no plan: an exact match by `_id`, or by a field whose index can give at most one
 * document (unique, or the query wants only one).
 * Source: `isExpressEligible` (query_utils.cpp), `getIndexForExpressEquality`
 * (plan_executor_express.cpp, 8.0).
 *
 * @returns the stored document, null where nothing matches; undefined where the query needs a plan
 */
export function expressFind(
  op: OperationContext,
  collection: Collection,
  request: FindRequest,
): Document | null | undefined {
  const { sort, hint, skip, limits, returns } = request
  if (limits !== undefined || returns !== undefined) return undefined
  if (skip || asksFor(sort) || asksFor(hint)) return undefined
  const id = idToLookUp(request.filter, collection, request.collation)
  if (id !== undefined) return findById(op, collection, id.value, isExpress(request))
  if (!isExpress(request) || !mayFindOne(collection, request.limit === 1)) return undefined
  return findByIndex(op, collection, request)
}

/**
 * Whether some index gives at most one document, whatever the filter: asked before compiling it.
 */
function mayFindOne({ indexes }: Collection, wantsOne: boolean): boolean {
  for (let i = 1; i < indexes.length; i++) {
    if (wantsOne || isUniqueAlone(indexes[i]!)) return true
  }
  return false
}

function isUniqueAlone({ unique, fields }: Index): boolean {
  return unique && fields.length === 1
}

/** An empty sort or hint is none. */
function asksFor(given: unknown): boolean {
  if (given === undefined) return false
  for (const _name in given as object) return true
  return typeof given !== 'object'
}

/** A batch size, or a projection of more than top-level fields, is left to the classic engine. */
function isExpress({ batchSize, projection }: FindRequest): boolean {
  return batchSize === undefined && (projection === undefined || isSimpleProjection(projection))
}

function isSimpleProjection(projection: Document): boolean {
  for (const name in projection) {
    const value = projection[name]
    if (typeof value !== 'number' && typeof value !== 'boolean') return false
    if (name.includes('.')) return false
  }
  return true
}

function findById(
  op: OperationContext,
  collection: Collection,
  id: unknown,
  express: boolean,
): Document | null {
  const { fastPath } = op.services.metrics
  if (express) fastPath.express++
  else fastPath.idHack++
  op.debug.planSummary = express ? 'EXPRESS_IXSCAN { _id: 1 }' : 'IDHACK'
  op.debug.executor = express ? EXPRESS_BY_ID : BY_ID
  collection.idIndex.usage.ops++
  const key = encodeIdKey(id)
  const recordId = op.storage.get(collection.idIndex.table, key)
  if (recordId === undefined) op.services.hooks.observer?.missed(op, collection, key)
  return fetch(op, collection, recordId)
}

function findByIndex(
  op: OperationContext,
  collection: Collection,
  request: FindRequest,
): Document | null | undefined {
  const { collation } = request
  const filter = op.services.filters.compile(request.filter, languageFor(op, collection, collation))
  const [equality, ...others] = filter.analysis.pureEqualities ?? []
  if (equality === undefined || others.length > 0 || !isExactValue(equality.value)) return undefined
  const index = indexFor(collection, filter, equality.path, request.limit === 1)
  if (index === undefined) return undefined
  const pattern = index.patternText
  index.usage.ops++
  op.services.metrics.fastPath.express++
  op.debug.planSummary = `EXPRESS_IXSCAN ${pattern}`
  const keyPattern = { pattern, name: index.name }
  op.debug.executor = { stats: (debug) => expressStats('IXSCAN', debug, keyPattern) }
  op.services.hooks.observer?.queried(op, collection, filter)
  const values = [equality.value]
  const scan = op.storage.scan(index.table, {
    lower: boundIn(index, keyStringBound(values, index.directions, 'before')),
    upper: boundIn(index, keyStringBound(values, index.directions, 'after')),
  })
  return fetch(op, collection, scan.next() ? scan.value : undefined)
}

/** The index with the fewest fields that begins with this one and gives at most one document. */
function indexFor(
  collection: Collection,
  filter: CompiledFilter,
  path: string,
  wantsOne: boolean,
): Index | undefined {
  let best: Index | undefined
  for (const index of collection.indexes) {
    const { length } = index.fields
    if (index.fields[0]!.path !== path || !serves(index, filter)) continue
    if (!wantsOne && !isUniqueAlone(index)) continue
    if (best === undefined || length < best.fields.length) best = index
  }
  return best
}

/** Indexes that lack documents, or compare otherwise than the query, are left to the planner. */
function serves({ isPlain, hidden }: Index, { order }: CompiledFilter): boolean {
  return isPlain && !hidden && order === BINARY_ORDER
}

function fetch(
  op: OperationContext,
  collection: Collection,
  recordId: number | undefined,
): Document | null {
  if (recordId === undefined) return null
  op.debug.keysExamined++
  op.debug.docsExamined++
  const document = op.storage.get(collection.records, recordId)!
  op.services.hooks.observer?.found(op, collection, document)
  return document
}

const EXPRESS_BY_ID = { stats: (debug: OpDebug): Document => expressStats('IXSCAN', debug) }

const BY_ID = {
  stats: ({ keysExamined, docsExamined }: OpDebug): Document => ({
    stage: 'IDHACK',
    nReturned: docsExamined,
    works: docsExamined + 1,
    keysExamined,
    docsExamined,
  }),
}
