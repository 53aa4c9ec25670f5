import { isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { openFlow } from '../open_flow.ts'
import type { StageDescriptor } from '../stage.ts'

/**
 * How often each value of an expression occurs, the most frequent first: a `$group` and a `$sort`.
 * Source: document_source_sort_by_count.cpp (8.0).
 */
export const sortByCount: StageDescriptor = {
  name: '$sortByCount',
  parse(spec, context) {
    checkSpec(spec)
    const grouping = { $group: { _id: spec, count: { $sum: 1 } } }
    const { stages } = context.inner([grouping, { $sort: { count: -1 } }], '$sortByCount')
    return { open: (input) => openFlow(stages, input) }
  },
}

function checkSpec(spec: unknown): void {
  if (isDocument(spec)) {
    if (Object.keys(spec)[0]?.startsWith('$') === true) return
    throw new ServerError(
      40147,
      'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
    )
  }
  if (typeof spec !== 'string') {
    throw new ServerError(
      40149,
      'the sortByCount field must be specified as a string or as an object',
    )
  }
  if (spec.startsWith('$')) return
  throw new ServerError(40148, 'the sortByCount field must be defined as a $-prefixed path')
}
