import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { killFound } from '../sessions/killing.ts'
import { firstFieldSessions } from './end_sessions.ts'

/**
 * Source: kill_all_sessions_command.cpp. It names users; there is but nobody, and so none or all.
 */
export const killAllSessions = {
  name: 'killAllSessions',
  target: 'database',
  secondaryAllowed: 'always',
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const users = firstFieldSessions(invocation)
    if (users.length === 0) killFound(invocation.server, invocation.server.sessions.all())
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
