import type { Document } from '../../bson/index.ts'
import type { Stage } from './stage.ts'

/** What the stages at the front of a pipeline ask for, as one query. */
export interface QueryPart {
  readonly filter: Document
  readonly sort: Document | undefined
  readonly skip: number
  /** Zero: no limit. */
  readonly limit: number
}

/**
 * Takes from the front of a pipeline what a query does as well or better: it can use an index, and
 * stops at the limit. In the order in which a query works: filter, sort, skip, limit; a `$match`
 * behind a `$sort` may come before it.
 */
export function splitPipeline(stages: readonly Stage[]): {
  readonly query: QueryPart
  readonly rest: readonly Stage[]
} {
  const filters: Document[] = []
  let sort: Document | undefined
  let at = 0
  for (; at < stages.length; at++) {
    const { query } = stages[at]!
    if (query?.kind === 'match') filters.push(query.filter)
    else if (query?.kind === 'sort' && sort === undefined) sort = query.pattern
    else break
  }
  let skip = 0
  for (; at < stages.length; at++) {
    const { query } = stages[at]!
    if (query?.kind !== 'skip') break
    skip += query.count
  }
  let limit = 0
  for (; at < stages.length; at++) {
    const { query } = stages[at]!
    if (query?.kind !== 'limit') break
    limit = limit === 0 ? query.count : Math.min(limit, query.count)
  }
  return { query: { filter: allOf(filters), sort, skip, limit }, rest: stages.slice(at) }
}

function allOf(filters: readonly Document[]): Document {
  return filters.length > 1 ? { $and: filters } : (filters[0] ?? {})
}
