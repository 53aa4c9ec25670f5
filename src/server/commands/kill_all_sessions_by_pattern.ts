import { type Document, isDocument } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { killFound } from '../sessions/killing.ts'
import { firstFieldSessions } from './end_sessions.ts'

/** Source: kill_all_sessions_by_pattern_command.cpp */
export const killAllSessionsByPattern = {
  name: 'killAllSessionsByPattern',
  target: 'database',
  secondaryAllowed: 'always',
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { sessions } = invocation.server
    const patterns = firstFieldSessions(invocation)
    // A pattern without a session names users, and nobody is one.
    const found = patterns.map(({ lsid }) =>
      isDocument(lsid) ? sessions.find(lsid, 'killAllSessionsByPattern.lsid') : undefined,
    )
    killFound(invocation.server, patterns.length === 0 ? sessions.all() : found)
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
