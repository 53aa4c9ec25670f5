import type { Collection } from './catalog/collection.ts'
import { ServerError } from './errors.ts'

/**
 * The collection, if its past can be read at all.
 *
 * @throws ServerError 246. Source: shard_role.cpp (8.0)
 */
export function snapshotReadable(collection: Collection | undefined): Collection | undefined {
  if (collection?.options.capped !== true) return collection
  throw new ServerError(
    'SnapshotUnavailable',
    'Reading from capped collections with readConcern snapshot is not supported',
  )
}
