import type { Document } from '../../../bson/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import type { Invocation } from '../../invocation.ts'

/** Forgets who logged in on this database. Source: authentication_commands.cpp (8.0). */
export const logout = {
  name: 'logout',
  target: 'database',
  secondaryAllowed: 'always',
  inApiVersion1: true,
  countsAsCommand: true,
  run({ connection, ns }: Invocation): Document {
    connection.authorization.logOut(ns.db)
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
