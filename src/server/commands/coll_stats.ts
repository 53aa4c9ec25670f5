import { type Document, numberToDouble } from '../../bson/index.ts'
import { findCollection, namespaceText, ServerError } from '../../engine/index.ts'
import { int64 } from '../count.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { measureCollection, measureIndexes } from '../measure_collection.ts'

/** Source: coll_stats.idl, `appendCollectionStorageStats` in storage_stats.cpp (8.0). */
export const collStats = {
  name: 'collStats',
  aliases: ['collstats'],
  target: 'collection',
  secondaryAllowed: 'optIn',
  fields: { scale: types.safeInt },
  countsAsCommand: true,
  profiledAs: 'command',
  run(invocation: Invocation): Document {
    const scale = scaleOf(invocation.command)
    return { ns: namespaceText(invocation.ns), ...storageStats(invocation, scale), ok: 1 }
  },
} as const satisfies CommandDescriptor

/** What a collection and its indexes hold, in units of `scale` bytes; of none: nothing. */
export function storageStats({ op, ns }: Invocation, scale: number): Document {
  const collection = findCollection(op, ns)
  const { count, sizeBytes } =
    collection === undefined ? NOTHING : measureCollection(op, collection)
  const indexes = collection === undefined ? new Map() : measureIndexes(op, collection)
  const indexBytes = [...indexes.values()].reduce((sum, bytes) => sum + bytes, 0)
  const scaled = (bytes: number) => int64(Math.floor(bytes / scale))
  const { capped = false, size, max } = collection?.options ?? {}
  return {
    size: scaled(sizeBytes),
    count: int64(count),
    ...(count > 0 ? { avgObjSize: int64(Math.floor(sizeBytes / count)) } : {}),
    numOrphanDocs: 0,
    storageSize: scaled(sizeBytes),
    freeStorageSize: 0,
    capped,
    ...(capped ? { max: int64(max ?? 0), maxSize: scaled(size ?? 0) } : {}),
    nindexes: indexes.size,
    indexBuilds: [],
    totalIndexSize: scaled(indexBytes),
    totalSize: scaled(sizeBytes + indexBytes),
    indexSizes: Object.fromEntries([...indexes].map(([name, bytes]) => [name, scaled(bytes)])),
    scaleFactor: scale,
  }
}

const NOTHING = { count: 0, sizeBytes: 0 }

/** Bytes are divided by it. @throws ServerError 51024 */
export function scaleOf(command: Document): number {
  const given = command['scale']
  if (given === undefined || given === null) return 1
  const scale = Math.trunc(numberToDouble(given))
  if (scale >= 1) return scale
  throw new ServerError(51024, `BSON field 'scale' value must be >= 1, actual value '${scale}'`)
}
