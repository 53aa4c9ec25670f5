import { type Document, isDocument, typeNameOf } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'

/** Server: LogicalSessionCache::kMaxBatchSize, end_sessions.idl */
const SESSIONS_MAX = 10_000

/**
 * The client needs these sessions no more. The server forgets them, with what runs under them, at
 * its next refresh: an open transaction stays open until then. Source: end_sessions_command.cpp
 */
export const endSessions = {
  name: 'endSessions',
  target: 'database',
  secondaryAllowed: 'always',
  inApiVersion1: true,
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { server, connection } = invocation
    const { sessionOwner } = connection.authorization
    for (const lsid of firstFieldSessions(invocation)) {
      server.sessions.find(lsid, 'endSessions.endSessionsFromClient', sessionOwner)?.markEnded()
    }
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor

/**
 * The session ids that a command's first field lists. @throws ServerError of its type, or its
 * length
 */
export function firstFieldSessions(invocation: Invocation): readonly Document[] {
  const { command, descriptor } = invocation
  const { name } = descriptor
  const given = command[name]
  if (!Array.isArray(given)) {
    throw new ServerError(
      'TypeMismatch',
      `BSON field '${name}.${name}FromClient' is the wrong type '${typeNameOf(given)}', expected type 'array'`,
    )
  }
  if (given.length > SESSIONS_MAX) {
    throw new ServerError('BadValue', `${name} may name at most ${SESSIONS_MAX} sessions`)
  }
  for (const [index, lsid] of given.entries()) {
    if (isDocument(lsid)) continue
    throw new ServerError(
      'TypeMismatch',
      `BSON field '${name}.${name}FromClient.${index}' is the wrong type '${typeNameOf(lsid)}', expected type 'object'`,
    )
  }
  return given as Document[]
}
