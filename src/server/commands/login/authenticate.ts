import { authenticationFailed } from '../../auth/authentication.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'

/**
 * The way in by a certificate, of which there is never one: connections are not encrypted. The
 * server refuses any other mechanism in the same words. Source: authentication_commands.cpp (8.0).
 */
export const authenticate = {
  name: 'authenticate',
  target: 'database',
  secondaryAllowed: 'always',
  fields: { mechanism: types.string, user: types.string },
  required: ['mechanism'],
  strict: false,
  inApiVersion1: true,
  countsAsCommand: true,
  beforeAuthentication: true,
  run(): never {
    throw authenticationFailed()
  },
} as const satisfies CommandDescriptor
