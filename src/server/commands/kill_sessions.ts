import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { killFound } from '../sessions/killing.ts'
import { firstFieldSessions } from './end_sessions.ts'

/** Source: kill_sessions_command.cpp. None named means all of the user's. */
export const killSessions = {
  name: 'killSessions',
  target: 'database',
  secondaryAllowed: 'always',
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { server, connection } = invocation
    const { sessionOwner } = connection.authorization
    const lsids = firstFieldSessions(invocation)
    const path = 'killSessions.killSessionsFromClient'
    const found = lsids.map((lsid) => server.sessions.find(lsid, path, sessionOwner))
    killFound(server, lsids.length === 0 ? server.sessions.of(sessionOwner.name) : found)
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
