import type { Document } from '../../bson/index.ts'
import { mintUuid } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'

/** Source: start_session_command.cpp. Drivers do without: they make their ids themselves. */
export const startSession = {
  name: 'startSession',
  target: 'database',
  secondaryAllowed: 'always',
  countsAsCommand: true,
  run({ server, op, connection }: Invocation): Document {
    const id = mintUuid(op.services.random.bytes(16))
    const timeoutMinutes = op.parameters.get('localLogicalSessionTimeoutMinutes')
    server.sessions.use({ id }, 'startSession', connection.authorization.sessionOwner)
    return { id: { id }, timeoutMinutes, ok: 1 }
  },
} as const satisfies CommandDescriptor
