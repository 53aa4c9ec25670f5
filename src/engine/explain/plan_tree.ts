import type { Document } from '../../bson/index.ts'
import type { IndexAccess, QueryPlan } from '../exec/planner.ts'
import type { CompiledFilter } from '../query/index.ts'
import { boundsText } from './bounds_text.ts'

/** What a plan serves, as far as it shows in its stages. */
export interface TreeRequest {
  readonly plan: QueryPlan
  readonly filter: CompiledFilter
  readonly sort: Document | undefined
  readonly projection: Document | undefined
  readonly skip: number
  readonly limit: number
}

/** What a plan did on trial. */
export interface TreeCounts {
  /** Records that the access path and its filter let through. */
  readonly matched: number
  readonly works: number
  readonly keysExamined: number
  readonly docsExamined: number
}

/** Server: `internalQueryMaxBlockingSortMemoryUsageBytes`. */
const SORT_BYTES_MAX = 104_857_600

/**
 * The stages of a plan, outermost first, with what each did where that is known.
 * Source: plan_explainer_impl.cpp, `statsToBSON` (8.0).
 */
export function planTree(request: TreeRequest, counts?: TreeCounts): Document {
  const { plan, sort, projection, skip, limit } = request
  let tree = accessTree(request, counts)
  let flowing = counts?.matched ?? 0
  const add = (stage: string, own: Document): void => {
    tree = { stage, ...resultCounts(counts, flowing), ...own, inputStage: tree }
  }
  if (sort !== undefined && !plan.sorted) {
    if (limit > 0) flowing = Math.min(flowing, skip + limit)
    const bounded = limit > 0 ? { limitAmount: skip + limit } : {}
    add('SORT', { sortPattern: sort, memLimit: SORT_BYTES_MAX, ...bounded, type: 'simple' })
  }
  if (skip > 0) {
    flowing = Math.max(0, flowing - skip)
    add('SKIP', { skipAmount: skip })
  }
  if (projection !== undefined) add(projectionStage(projection), { transformBy: projection })
  if (limit > 0) {
    flowing = Math.min(flowing, limit)
    add('LIMIT', { limitAmount: limit })
  }
  return tree
}

/** How many documents come out of a plan, of those that its access path lets through. */
export function resultCount({ skip, limit }: TreeRequest, matched: number): number {
  const left = Math.max(0, matched - skip)
  return limit > 0 ? Math.min(left, limit) : left
}

function accessTree({ plan, filter }: TreeRequest, counts: TreeCounts | undefined): Document {
  const { access } = plan
  const asked = plan.filterCovered ? {} : { filter: filter.filter }
  const results = resultCounts(counts, counts?.matched ?? 0)
  if (access.kind === 'collection') {
    const direction = directionName(access.direction)
    return { stage: 'COLLSCAN', ...asked, ...results, direction, ...docsCount(counts) }
  }
  if (access.byId) {
    return { stage: 'IDHACK', ...results, ...keysCount(counts), ...docsCount(counts) }
  }
  const inputStage = indexTree(access, counts)
  return { stage: 'FETCH', ...asked, ...results, ...docsCount(counts), inputStage }
}

function indexTree(access: IndexAccess, counts: TreeCounts | undefined): Document {
  const { index } = access
  return {
    stage: 'IXSCAN',
    ...resultCounts(counts, counts?.docsExamined ?? 0),
    keyPattern: index.pattern,
    indexName: index.name,
    isMultiKey: index.multikey,
    isUnique: index.unique,
    isSparse: index.sparse,
    isPartial: index.partial !== undefined,
    indexVersion: 2,
    direction: directionName(access.direction),
    indexBounds: boundsText(access),
    ...keysCount(counts),
  }
}

function resultCounts(counts: TreeCounts | undefined, nReturned: number): Document {
  if (counts === undefined) return {}
  const { works } = counts
  return { nReturned, executionTimeMillisEstimate: 0, works, advanced: nReturned, isEOF: 1 }
}

const keysCount = (counts: TreeCounts | undefined): Document =>
  counts === undefined ? {} : { keysExamined: counts.keysExamined }

const docsCount = (counts: TreeCounts | undefined): Document =>
  counts === undefined ? {} : { docsExamined: counts.docsExamined }

const directionName = (direction: 1 | -1): string => (direction === 1 ? 'forward' : 'backward')

/** Top-level fields that stay or go are simple. Source: `ProjectionStageSimple` (8.0). */
function projectionStage(projection: Document): string {
  const isSimple = Object.entries(projection).every(
    ([name, value]) => !name.includes('.') && (typeof value === 'number' || value === !!value),
  )
  return isSimple ? 'PROJECTION_SIMPLE' : 'PROJECTION_DEFAULT'
}
