import type { Document } from '../../bson/index.ts'
import { fullUserName, userText } from '../auth/names.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { killFound } from '../sessions/killing.ts'
import { firstFieldSessions } from './end_sessions.ts'

/** It names users; none named means all. Source: kill_all_sessions_command.cpp */
export const killAllSessions = {
  name: 'killAllSessions',
  target: 'database',
  secondaryAllowed: 'always',
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { server } = invocation
    const users = firstFieldSessions(invocation).map(fullUserName)
    const theirs = users.flatMap((name) => server.sessions.of(userText(name)))
    killFound(server, users.length === 0 ? server.sessions.all() : theirs)
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
