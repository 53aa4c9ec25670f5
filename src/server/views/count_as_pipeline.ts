import { type Document, isDocument } from '../../bson/index.ts'
import { countOf, sharedOptions } from './find_as_pipeline.ts'

/**
 * A count as the aggregate command that answers the same, in a field named `count`.
 * Source: count_command_as_aggregation_command.cpp (8.0).
 */
export function countAsPipeline(count: Document): Document {
  const pipeline: Document[] = []
  if (isDocument(count['query'])) pipeline.push({ $match: count['query'] })
  const skip = countOf(count['skip'])
  if (skip > 0) pipeline.push({ $skip: skip })
  const limit = Math.abs(countOf(count['limit']))
  if (limit > 0) pipeline.push({ $limit: limit })
  pipeline.push({ $count: 'count' })
  return { ...sharedOptions(count), pipeline, cursor: {} }
}
