import type { Binary } from 'bson'
import { compareBytes, type Document, isDocument, typeOf } from '../../bson/index.ts'
import { fullUserName, userText } from '../auth/names.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { killFound } from '../sessions/killing.ts'
import type { Session } from '../sessions/session.ts'
import { firstFieldSessions } from './end_sessions.ts'

/**
 * A pattern names a session, or a user by digest or name; none at all means everybody's. Source:
 * kill_all_sessions_by_pattern_command.cpp
 */
export const killAllSessionsByPattern = {
  name: 'killAllSessionsByPattern',
  target: 'database',
  secondaryAllowed: 'always',
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { sessions } = invocation.server
    const patterns = firstFieldSessions(invocation)
    const found = patterns.flatMap((pattern) => matching(pattern, invocation))
    killFound(invocation.server, patterns.length === 0 ? sessions.all() : found)
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor

function matching(pattern: Document, { server, connection }: Invocation): (Session | undefined)[] {
  const { sessions } = server
  const { lsid, uid, users } = pattern
  if (isDocument(lsid)) {
    const { sessionOwner } = connection.authorization
    return [sessions.find(lsid, 'killAllSessionsByPattern.lsid', sessionOwner)]
  }
  if (Array.isArray(users)) {
    return users.flatMap((one) => sessions.of(userText(fullUserName(one))))
  }
  if (typeOf(uid) !== 'binData') return []
  const digest = (uid as Binary).value()
  return [...sessions.all()].filter(({ id }) => compareBytes(id.owner.digest.value(), digest) === 0)
}
