import type { Document } from '../../bson/index.ts'
import { viewsOf } from '../../engine/index.ts'
import { int64 } from '../count.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { measureCollection, measureIndexes } from '../measure_collection.ts'
import { isTrue } from '../truth.ts'
import { scaleOf } from './coll_stats.ts'

/** Source: db_stats.idl, dbcommands_d.cpp (8.0). */
export const dbStats = {
  name: 'dbStats',
  aliases: ['dbstats'],
  target: 'database',
  secondaryAllowed: 'optIn',
  fields: { scale: types.safeInt, freeStorage: types.safeInt },
  countsAsCommand: true,
  run({ op, ns, command, server }: Invocation): Document {
    const scale = scaleOf(command)
    const tellsFree = isTrue(command['freeStorage'])
    const total = { collections: 0, objects: 0, dataBytes: 0, indexes: 0, indexBytes: 0 }
    for (const collection of server.services.catalog.collections(ns.db)) {
      const { count, sizeBytes } = measureCollection(op, collection)
      total.collections++
      total.objects += count
      total.dataBytes += sizeBytes
      for (const bytes of measureIndexes(op, collection).values()) {
        total.indexes++
        total.indexBytes += bytes
      }
    }
    const scaled = (bytes: number) => int64(Math.floor(bytes / scale))
    const { objects, dataBytes, indexBytes } = total
    return {
      db: ns.db,
      collections: total.collections,
      views: viewsOf(op, ns.db).length,
      objects: int64(objects),
      avgObjSize: objects === 0 ? 0 : dataBytes / objects,
      dataSize: scaled(dataBytes),
      storageSize: scaled(dataBytes),
      ...(tellsFree ? { freeStorageSize: int64(0) } : {}),
      indexes: total.indexes,
      indexSize: scaled(indexBytes),
      ...(tellsFree ? { indexFreeStorageSize: int64(0) } : {}),
      totalSize: scaled(dataBytes + indexBytes),
      ...(tellsFree ? { totalFreeStorageSize: int64(0) } : {}),
      scaleFactor: scale,
      ok: 1,
    }
  },
} as const satisfies CommandDescriptor
