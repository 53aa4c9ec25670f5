import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { firstFieldSessions } from './end_sessions.ts'

/** Source: refresh_sessions_command.cpp */
export const refreshSessions = {
  name: 'refreshSessions',
  target: 'database',
  secondaryAllowed: 'always',
  inApiVersion1: true,
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { server, connection } = invocation
    const { sessionOwner } = connection.authorization
    for (const lsid of firstFieldSessions(invocation)) {
      server.sessions.use(lsid, 'refreshSessions.refreshSessionsFromClient', sessionOwner)
    }
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
