import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { killFound } from '../sessions/killing.ts'
import { firstFieldSessions } from './end_sessions.ts'

/** Source: kill_sessions_command.cpp. None named means all of the user's, and so all. */
export const killSessions = {
  name: 'killSessions',
  target: 'database',
  secondaryAllowed: 'always',
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { sessions } = invocation.server
    const lsids = firstFieldSessions(invocation)
    const found = lsids.map((lsid) => sessions.find(lsid, 'killSessions.killSessionsFromClient'))
    killFound(invocation.server, lsids.length === 0 ? sessions.all() : found)
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
