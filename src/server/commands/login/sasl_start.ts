import type { Document } from '../../../bson/index.ts'
import { SASL_START_FIELDS, SASL_START_REQUIRED, startSasl } from '../../auth/authentication.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import type { Invocation } from '../../invocation.ts'

/** Source: sasl_commands.cpp, sasl_commands.idl (8.0). */
export const saslStart = {
  name: 'saslStart',
  target: 'database',
  secondaryAllowed: 'always',
  fields: SASL_START_FIELDS,
  required: SASL_START_REQUIRED,
  inApiVersion1: true,
  countsAsCommand: true,
  beforeAuthentication: true,
  run({ command, connection, server, ns }: Invocation): Document {
    return startSasl(connection, server.users, {
      db: ns.db,
      mechanism: command['mechanism'] as string,
      payload: command['payload'],
      options: command['options'] as Document | undefined,
      isSpeculative: false,
    })
  },
} as const satisfies CommandDescriptor
