import { type Document, isDocument, numberToDouble } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { isTrue } from '../truth.ts'

/** Options of find that a pipeline has no word for. */
const NOT_IN_PIPELINES = [
  'min',
  'max',
  'returnKey',
  'showRecordId',
  'tailable',
  'awaitData',
  'oplogReplay',
  'noCursorTimeout',
  'allowPartialResults',
] as const

/** Options that mean the same in both. */
const SHARED = ['collation', 'hint', 'let', 'allowDiskUse', 'comment', 'apiStrict'] as const

/**
 * A find as the aggregate command that answers the same, over whatever its collection is.
 *
 * @throws ServerError 168. Source: query_request_helper.cpp, `asAggregationCommand` (8.0)
 */
export function findAsPipeline(find: Document): Document {
  for (const option of NOT_IN_PIPELINES) {
    const value = find[option]
    if (!isDocument(value) && !isTrue(value)) continue
    throw new ServerError(
      'InvalidPipelineOperator',
      `Option ${option} not supported in aggregation.`,
    )
  }
  const { filter, sort, projection } = find
  checkSort(sort)
  const pipeline: Document[] = []
  if (isFilled(filter)) pipeline.push({ $match: filter })
  if (isFilled(sort)) pipeline.push({ $sort: sort })
  const skip = countOf(find['skip'])
  if (skip > 0) pipeline.push({ $skip: skip })
  const limit = limitOf(find)
  if (limit > 0) pipeline.push({ $limit: limit })
  if (isFilled(projection)) pipeline.push({ $project: projection })
  return { ...sharedOptions(find), pipeline, cursor: cursorOf(find, limit) }
}

/** What is left of a command's options in the aggregate that takes its place. */
export function sharedOptions(command: Document): Document {
  const kept = SHARED.filter((name) => command[name] !== undefined && command[name] !== null)
  return Object.fromEntries(kept.map((name) => [name, command[name]]))
}

function checkSort(sort: unknown): void {
  if (!isDocument(sort) || !('$natural' in sort)) return
  throw new ServerError('InvalidPipelineOperator', 'Sort option $natural cannot be set on views.')
}

/** Documents of a first batch where nobody says how many; server: `kDefaultBatchSize`. */
const FIRST_BATCH_DOCUMENTS = 101

/** A single batch is what a limit makes of it, with room for one more, so that it is the last. */
function limitOf(find: Document): number {
  const limit = countOf(find['limit'])
  if (!isTrue(find['singleBatch'])) return limit
  const batchSize = countOf(find['batchSize'] ?? FIRST_BATCH_DOCUMENTS)
  return limit === 0 ? batchSize : Math.min(limit, batchSize)
}

function cursorOf({ singleBatch, batchSize }: Document, limit: number): Document {
  if (isTrue(singleBatch)) return { batchSize: limit + 1 }
  return batchSize === undefined || batchSize === null ? {} : { batchSize }
}

const isFilled = (value: unknown): value is Document =>
  isDocument(value) && Object.keys(value).length > 0

export function countOf(value: unknown): number {
  return value === undefined || value === null ? 0 : Math.trunc(numberToDouble(value))
}
