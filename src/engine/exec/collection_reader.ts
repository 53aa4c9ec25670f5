import type { Document } from '../../bson/index.ts'
import {
  DocumentsFlow,
  type Flow,
  openFlow,
  type Pipeline,
  type Reach,
  splitPipeline,
} from '../aggregate/index.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { OperationContext } from '../operation_context.ts'
import { compileSort } from '../sort/index.ts'
import { findCollection } from './acquire.ts'
import { PlanExecutor } from './plan_executor.ts'

/**
 * Reads other collections for stages such as `$lookup`: in the snapshot of the operation, from
 * beginning to end without a yield, and so without intents of its own (in a transaction they are
 * taken before the pipeline runs).
 */
export class CollectionReader implements Reach {
  readonly db: string

  constructor(db: string) {
    this.db = db
  }

  open(op: OperationContext, ns: Namespace, pipeline: Pipeline, filter?: Document): Flow {
    const { stages, language } = pipeline
    const [first] = stages
    if (first?.source !== undefined) {
      return openFlow(stages, new DocumentsFlow(first.source.documents()))
    }
    const { query, rest } = splitPipeline(stages)
    const filters = [filter, query.filter].filter((one) => one !== undefined)
    const wanted = op.services.filters.compile(conjunction(filters), language)
    const collection = findCollection(op, ns)
    if (collection === undefined) return openFlow(rest, new DocumentsFlow([]))
    const plan = new PlanExecutor(op, collection, {
      filter: wanted,
      sort: query.sort === undefined ? undefined : compileSort(query.sort, language.order),
      projection: undefined,
      skip: query.skip,
      limit: query.limit,
      hint: undefined,
      isRead: true,
      isInner: true,
    })
    return openFlow(rest, plan)
  }
}

function conjunction(filters: readonly Document[]): Document {
  const asking = filters.filter((filter) => Object.keys(filter).length > 0)
  return asking.length > 1 ? { $and: asking } : (asking[0] ?? {})
}
