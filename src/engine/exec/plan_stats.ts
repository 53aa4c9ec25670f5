import type { Document } from '../../bson/index.ts'
import type { CompiledSort } from '../sort/index.ts'
import type { IndexAccess, QueryPlan } from './planner.ts'

/** What a plan has done so far. */
export interface PlanProgress {
  readonly plan: QueryPlan
  /** The filter that each record is asked; nothing where the access path says it all. */
  readonly filter: Document | undefined
  /** The blocking sort, if there is one. */
  readonly sort: CompiledSort | undefined
  readonly keysExamined: number
  readonly docsExamined: number
  readonly returned: number
  readonly works: number
}

/**
 * A plan as the profiler's `execStats` shows it, innermost stage last. Source:
 * plan_explainer_impl.cpp.
 */
export function planStats(progress: PlanProgress): Document {
  const { sort, returned, works } = progress
  const inputStage = accessStats(progress)
  if (sort === undefined) return inputStage
  return { stage: 'SORT', nReturned: returned, works, sortPattern: sort.pattern, inputStage }
}

function accessStats(progress: PlanProgress): Document {
  const { returned, works, keysExamined, docsExamined } = progress
  const { access } = progress.plan
  const filter = progress.filter === undefined ? {} : { filter: progress.filter }
  const common = { nReturned: returned, works }
  if (access.kind === 'collection') {
    const direction = directionName(access.direction)
    return { stage: 'COLLSCAN', ...filter, ...common, direction, docsExamined }
  }
  if (access.byId) return { stage: 'IDHACK', ...common, keysExamined, docsExamined }
  const inputStage = indexStats(access, progress)
  return { stage: 'FETCH', ...filter, ...common, docsExamined, inputStage }
}

function indexStats({ index, direction }: IndexAccess, progress: PlanProgress): Document {
  return {
    stage: 'IXSCAN',
    nReturned: progress.docsExamined,
    works: progress.works,
    keyPattern: index.pattern,
    indexName: index.name,
    isMultiKey: index.multikey,
    isUnique: index.unique,
    isSparse: index.sparse,
    direction: directionName(direction),
    keysExamined: progress.keysExamined,
  }
}

const directionName = (direction: 1 | -1): string => (direction === 1 ? 'forward' : 'backward')
