import type { Document } from '../../../bson/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import type { Invocation } from '../../invocation.ts'

/** Source: user_management_commands.cpp (8.0). */
export const dropAllUsersFromDatabase = {
  name: 'dropAllUsersFromDatabase',
  target: 'database',
  supportsWriteConcern: true,
  countsAsCommand: true,
  writes: true,
  run(invocation: Invocation): Document {
    const { server, ns } = invocation
    const n = server.users.drop(({ name }) => name.db === ns.db)
    invocation.wrote = n > 0
    return { n, ok: 1 }
  },
} as const satisfies CommandDescriptor
