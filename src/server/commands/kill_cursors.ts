import type { Long } from 'bson'
import { type Document, typeNameOf } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'

/**
 * Source: killcursors_common.cpp (8.0). Killing a transaction's cursor leaves the transaction
 * alone.
 */
export const killCursors = {
  name: 'killCursors',
  target: 'collection',
  secondaryAllowed: 'always',
  maintenanceOk: false,
  fields: { cursors: types.array },
  required: ['cursors'],
  allowedInTransaction: true,
  inApiVersion1: true,
  countsAsCommand: true,
  run({ command, server, ns }: Invocation): Document {
    const { cursors } = server.engine
    const cursorsKilled: unknown[] = []
    const cursorsNotFound: unknown[] = []
    for (const [index, id] of (command['cursors'] as unknown[]).entries()) {
      const number = longOf(id, index)
      const cursor = cursors.get(number)
      const isHere = cursor !== undefined && cursor.ns.db === ns.db && cursor.ns.coll === ns.coll
      if (isHere && cursors.kill(number)) cursorsKilled.push(id)
      else cursorsNotFound.push(id)
    }
    return { cursorsKilled, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [], ok: 1 }
  },
} as const satisfies CommandDescriptor

function longOf(id: unknown, index: number): number {
  const type = typeNameOf(id)
  if (type === 'long') return (id as Long).toNumber()
  throw new ServerError(
    'TypeMismatch',
    `BSON field 'killCursors.cursors.${index}' is the wrong type '${type}', expected type 'long'`,
  )
}
