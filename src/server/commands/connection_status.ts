import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { isTrue } from '../truth.ts'

/** Who is at the other end. Source: connection_status.cpp (8.0). */
export const connectionStatus = {
  name: 'connectionStatus',
  target: 'database',
  secondaryAllowed: 'always',
  fields: { showPrivileges: types.safeBool },
  strict: false,
  countsAsCommand: true,
  beforeAuthentication: true,
  run({ command, connection }: Invocation): Document {
    const { user, roles, privileges } = connection.authorization
    const shown = user === undefined ? [] : privileges.documents()
    return {
      authInfo: {
        authenticatedUsers: user === undefined ? [] : [{ ...user.name }],
        authenticatedUserRoles: roles.map((role) => ({ ...role })),
        ...(isTrue(command['showPrivileges']) ? { authenticatedUserPrivileges: shown } : {}),
      },
      ok: 1,
    }
  },
} as const satisfies CommandDescriptor
