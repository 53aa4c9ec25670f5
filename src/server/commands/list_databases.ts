import { type Document, isDocument } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { AuthorizationSession } from '../auth/authorization_session.ts'
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
  run({ command, server, op, connection }: Invocation): Document {
    const { catalog, filters } = server.services
    const filter = isDocument(command['filter']) ? filters.compile(command['filter']) : undefined
    const isMatch = (one: Document): boolean => filter === undefined || filter.matches(one)
    const names = visibleOf(catalog.databases(), command, connection.authorization)
    if (isTrue(command['nameOnly'])) {
      const named = names.map((name): Document => ({ name }))
      return { databases: named.filter(isMatch), ok: 1 }
    }
    let totalSize = 0
    const databases: Document[] = []
    for (const name of names) {
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

/**
 * All databases, for those who may list them; for others, or if asked so, those in which they may
 * do anything.
 *
 * @throws ServerError 13
 */
function visibleOf(
  names: readonly string[],
  command: Document,
  { isEnforced, privileges }: AuthorizationSession,
): readonly string[] {
  if (!isEnforced) return names
  const mayListAll = privileges.allowsOnCluster('listDatabases')
  const asked = command['authorizedDatabases']
  if (asked !== undefined && !isTrue(asked) && !mayListAll) {
    throw new ServerError('Unauthorized', 'Insufficient permissions to list all databases')
  }
  const isModest = asked === undefined ? !mayListAll : isTrue(asked)
  return isModest ? names.filter((name) => privileges.allowsSomethingIn(name)) : names
}
