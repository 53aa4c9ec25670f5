import { type Document, equalValues, numberToDouble } from '../../bson/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Index } from '../catalog/index_definition.ts'
import { BINARY_ORDER, hasText, isSameOrder, type ValueOrder } from '../collation/index.ts'
import { ServerError } from '../errors.ts'
import {
  boundsFor,
  type CompiledFilter,
  type IndexBounds,
  implies,
  type KeyRange,
  type Leaf,
} from '../query/index.ts'
import type { CompiledSort } from '../sort/index.ts'
import { type KeyLimits, rangeWithin } from './key_limits.ts'

/** How records are found. `bounds` undefined: the whole index, for its order. */
export type AccessPath = CollectionAccess | IndexAccess

export interface CollectionAccess {
  readonly kind: 'collection'
  readonly direction: 1 | -1
}

export interface IndexAccess {
  readonly kind: 'index'
  readonly index: Index
  readonly bounds: IndexBounds | undefined
  /** Takes the place of bounds where the user said from where to where. */
  readonly range?: KeyRange
  readonly direction: 1 | -1
  /** Found by `_id` alone: IDHACK in the server's words. */
  readonly byId: boolean
}

export interface QueryPlan {
  readonly access: AccessPath
  /** Whether what the access path gives needs no further look. */
  readonly filterCovered: boolean
  /** Whether records come in the order asked for. */
  readonly sorted: boolean
  /** `COLLSCAN`, `IDHACK`, `IXSCAN { a: 1 }`. */
  readonly summary: string
}

export interface PlanRequest {
  readonly filter: CompiledFilter
  readonly sort: CompiledSort | undefined
  /** An index's name or key pattern, or `{ $natural: 1 }`. */
  readonly hint: unknown
  readonly limits?: KeyLimits | undefined
}

/**
 * Chooses the access path. The server tries candidate plans against each other; here the choice is
 * a fixed order of preference, so that it is the same in every run: most single-valued fields
 * first, then most narrowed fields, then an order that saves a sort, then the older index.
 */
export function planQuery(collection: Collection, request: PlanRequest): QueryPlan {
  const { filter, sort, hint, limits } = request
  if (limits !== undefined) return planWithin(collection, limits, request)
  const natural = sort?.natural ?? naturalHint(hint)
  if (natural !== undefined) return collectionScan(filter, natural, sort)
  const hinted = isHint(hint) ? indexHinted(collection, hint) : undefined
  if (hinted === undefined && isFoundById(filter)) return byId(collection)
  const candidates = hinted === undefined ? collection.indexes.filter(isVisible) : [hinted]
  let best: Candidate | undefined
  for (const index of candidates) {
    const candidate = consider(index, request, hinted !== undefined)
    if (candidate !== undefined && (best === undefined || isBetter(candidate, best)))
      best = candidate
  }
  return best?.plan ?? collectionScan(filter, 1, sort)
}

function planWithin(collection: Collection, limits: KeyLimits, request: PlanRequest): QueryPlan {
  const { filter, sort, hint } = request
  const isNamed = isHint(hint) && naturalHint(hint) === undefined
  const index = isNamed ? indexHinted(collection, hint) : undefined
  const range = rangeWithin(index, limits, filter.order)
  const direction = sort === undefined ? undefined : sortDirection(index!, sort, 0)
  return {
    access: {
      kind: 'index',
      index: index!,
      bounds: undefined,
      range,
      direction: direction ?? 1,
      byId: false,
    },
    filterCovered: filter.isEmpty,
    sorted: sort === undefined || sort.isEmpty || direction !== undefined,
    summary: `IXSCAN ${index!.patternText}`,
  }
}

function collectionScan(
  filter: CompiledFilter,
  direction: 1 | -1,
  sort: CompiledSort | undefined,
): QueryPlan {
  return {
    access: { kind: 'collection', direction },
    filterCovered: filter.isEmpty,
    sorted: sort === undefined || sort.isEmpty || sort.natural !== undefined,
    summary: 'COLLSCAN',
  }
}

function byId(collection: Collection): QueryPlan {
  const index = collection.idIndex
  return {
    access: { kind: 'index', index, bounds: undefined, direction: 1, byId: true },
    filterCovered: true,
    sorted: true,
    summary: 'IDHACK',
  }
}

interface Candidate {
  readonly plan: QueryPlan
  readonly points: number
  readonly narrowed: number
}

function consider(index: Index, request: PlanRequest, hinted: boolean): Candidate | undefined {
  const { filter, sort } = request
  const { multikey } = index
  const { partial } = index
  if (partial !== undefined && !hinted && !implies(filter, partial)) return undefined
  const adapt = adapterFor(filter.order, index.order)
  const bounds = boundsFor(filter.analysis, { keyPattern: index.pattern, multikey, adapt })
  // A sparse index lacks documents: it serves only predicates that those can't satisfy.
  if (index.sparse && !hinted && !(bounds !== undefined && excludesMissing(bounds)))
    return undefined
  const points = bounds === undefined ? 0 : countPoints(bounds)
  const direction = sort === undefined ? undefined : sortDirection(index, sort, points)
  if (bounds === undefined && direction === undefined && !hinted) return undefined
  const plan: QueryPlan = {
    access: { kind: 'index', index, bounds, direction: direction ?? 1, byId: false },
    filterCovered: filter.isEmpty || (bounds?.isExact ?? false),
    sorted: sort === undefined || sort.isEmpty || direction !== undefined,
    summary: `IXSCAN ${index.patternText}`,
  }
  return { plan, points, narrowed: bounds?.fields.length ?? 0 }
}

function isBetter(a: Candidate, b: Candidate): boolean {
  if (a.points !== b.points) return a.points > b.points
  if (a.narrowed !== b.narrowed) return a.narrowed > b.narrowed
  return a.plan.sorted && !b.plan.sorted
}

/** Leading fields that have one value each: the order of what follows them is the index's. */
function countPoints(bounds: IndexBounds): number {
  const first = bounds.fields.findIndex(
    ({ intervals }) => intervals.length !== 1 || intervals[0]!.low !== intervals[0]!.high,
  )
  return first < 0 ? bounds.fields.length : first
}

function excludesMissing(bounds: IndexBounds): boolean {
  return bounds.fields[0]!.intervals.every(({ low }) =>
    low.kind === 'type' ? low.type !== 'minKey' : low.value !== null && low.value !== undefined,
  )
}

/**
 * In which direction the index gives the order asked for, if it does: the sort's fields must follow
 * the single-valued ones in the index, all forwards or all backwards. An index with arrays never
 * does.
 */
function sortDirection(index: Index, sort: CompiledSort, points: number): 1 | -1 | undefined {
  if (sort.isEmpty || index.multikey || index.sparse) return undefined
  // The keys of a collated index are in no order.
  if (index.order !== BINARY_ORDER || sort.order !== BINARY_ORDER) return undefined
  const wanted = Object.entries(sort.pattern)
  for (let start = 0; start <= points; start++) {
    const fields = index.fields.slice(start, start + wanted.length)
    if (fields.length < wanted.length) return undefined
    if (!fields.every((field, i) => field.path === wanted[i]![0])) continue
    const turns = fields.map(
      (field, i) => Math.sign(numberToDouble(wanted[i]![1])) * field.direction,
    )
    if (turns.every((turn) => turn === 1)) return 1
    if (turns.every((turn) => turn === -1)) return -1
  }
  return undefined
}

const isVisible = ({ hidden }: Index): boolean => !hidden

function isFoundById({ analysis, order }: CompiledFilter): boolean {
  const { equalityId } = analysis
  return equalityId !== undefined && (order === BINARY_ORDER || !hasText(equalityId.value))
}

/**
 * What may be asked of an index that compares in another order than the query: what is no matter of
 * strings. Of a collated index the query's own order may ask for texts by their class.
 */
function adapterFor(
  asked: ValueOrder,
  index: ValueOrder,
): ((leaf: Leaf) => Leaf | undefined) | undefined {
  if (asked === BINARY_ORDER && index === BINARY_ORDER) return undefined
  const isSame = isSameOrder(asked, index)
  return (leaf) => {
    if (leaf.operator === '$regex') return index === BINARY_ORDER ? leaf : undefined
    if (!hasText(leaf.operand)) return leaf
    if (!isSame) return undefined
    const isPoint = leaf.operator === '$eq' || leaf.operator === '$in'
    return isPoint ? { ...leaf, operand: index.lookUp(leaf.operand) } : undefined
  }
}

function isHint(hint: unknown): boolean {
  if (hint === undefined || hint === null) return false
  return typeof hint === 'string' || Object.keys(hint as object).length > 0
}

function naturalHint(hint: unknown): 1 | -1 | undefined {
  if (typeof hint !== 'object' || hint === null) return undefined
  const natural = (hint as Document)['$natural']
  if (natural === undefined) return undefined
  return numberToDouble(natural) < 0 ? -1 : 1
}

/** @throws ServerError BadValue for a hint that names no index */
function indexHinted(collection: Collection, hint: unknown): Index {
  const found = collection.indexes.find(
    (index) =>
      !index.hidden &&
      (typeof hint === 'string' ? index.name === hint : equalValues(index.pattern, hint)),
  )
  if (found !== undefined) return found
  throw new ServerError(
    'BadValue',
    `error processing query: ns=${collection.text}: planner returned error :: caused by :: hint provided does not correspond to an existing index`,
  )
}
