import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'

/** The client's address, as the server sees it. Source: whats_my_uri_cmd.cpp (8.0). */
export const whatsMyUri = {
  name: 'whatsmyuri',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  countsAsCommand: true,
  beforeAuthentication: true,
  run({ connection }: Invocation): Document {
    return { you: connection.client, ok: 1 }
  },
} as const satisfies CommandDescriptor
