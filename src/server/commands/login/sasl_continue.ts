import type { Document } from '../../../bson/index.ts'
import { continueSasl } from '../../auth/authentication.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'

/** Source: sasl_commands.cpp, sasl_commands.idl (8.0). */
export const saslContinue = {
  name: 'saslContinue',
  target: 'database',
  secondaryAllowed: 'always',
  fields: { conversationId: types.int, payload: types.any },
  required: ['conversationId', 'payload'],
  inApiVersion1: true,
  countsAsCommand: true,
  beforeAuthentication: true,
  run({ command, connection, server }: Invocation): Document {
    return continueSasl(connection, server.users, command)
  },
} as const satisfies CommandDescriptor
