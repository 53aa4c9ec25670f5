import type { Document } from '../bson/index.ts'
import type { PalimpsestClient } from '../client/index.ts'
import type { Collection } from '../engine/index.ts'
import type { Palimpsest } from '../palimpsest.ts'

/**
 * The collections that there are, with their indexes. Those of the server's own are left out.
 */
export function schemaOf(sim: Palimpsest): readonly Collection[] {
  const { catalog } = sim.server.services
  return catalog
    .databases()
    .flatMap((db) => catalog.collections(db))
    .filter(({ ns }) => !ns.coll.startsWith('system.'))
}

/** Makes again what was there and is no more: collections, empty, and indexes. */
export async function makeAgain(
  schema: readonly Collection[],
  sim: Palimpsest,
  client: PalimpsestClient,
): Promise<void> {
  const { catalog } = sim.server.services
  for (const was of schema) {
    const { db, coll } = was.ns
    const is = catalog.latest(db, coll)
    if (is === was) continue
    if (is === undefined) await client.db(db).command({ create: coll, ...was.options })
    const names = new Set(catalog.latest(db, coll)?.indexes.map(({ name }) => name))
    const missing = was.indexes.filter(({ name }) => !names.has(name))
    if (missing.length === 0) continue
    const indexes = missing.map(({ spec }): Document => spec.document)
    await client.db(db).command({ createIndexes: coll, indexes })
  }
}

/**
 * Whether Mongoose is connected, or may be: it names itself when it opens a connection, unless its
 * driver can't.
 */
export function isMongooseConnected(sim: Palimpsest): boolean {
  for (const { driverName, hasMetadata } of sim.server.connections()) {
    if (!hasMetadata) continue
    if (driverName === undefined || driverName.includes('Mongoose')) return true
  }
  return false
}
