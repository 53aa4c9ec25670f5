import { type Document, isDocument } from '../../bson/index.ts'
import { int64 } from '../count.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { measureCollection } from '../measure_collection.ts'
import { isTrue } from '../truth.ts'

/** Source: list_databases.cpp (8.0). */
export const listDatabases = {
  name: 'listDatabases',
  target: 'database',
  secondaryAllowed: 'optIn',
  fields: {
    filter: types.object,
    nameOnly: types.safeBool,
    authorizedDatabases: types.safeBool,
  },
  adminOnly: true,
  inApiVersion1: true,
  countsAsCommand: true,
  run({ command, server, op }: Invocation): Document {
    const { catalog, filters } = server.services
    const filter = isDocument(command['filter']) ? filters.compile(command['filter']) : undefined
    const isMatch = (one: Document): boolean => filter === undefined || filter.matches(one)
    if (isTrue(command['nameOnly'])) {
      const named = catalog.databases().map((name): Document => ({ name }))
      return { databases: named.filter(isMatch), ok: 1 }
    }
    let totalSize = 0
    const databases: Document[] = []
    for (const name of catalog.databases()) {
      let sizeOnDisk = 0
      for (const collection of catalog.collections(name)) {
        sizeOnDisk += measureCollection(op, collection).sizeBytes
      }
      const described = { name, sizeOnDisk: int64(sizeOnDisk), empty: sizeOnDisk === 0 }
      if (!isMatch(described)) continue
      totalSize += sizeOnDisk
      databases.push(described)
    }
    const totalSizeMb = int64(Math.floor(totalSize / 1024 / 1024))
    return { databases, totalSize: int64(totalSize), totalSizeMb, ok: 1 }
  },
} as const satisfies CommandDescriptor
