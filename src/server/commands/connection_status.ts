import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { isTrue } from '../truth.ts'

/** Nobody is authenticated. Source: connection_status.idl (8.0). */
export const connectionStatus = {
  name: 'connectionStatus',
  target: 'database',
  secondaryAllowed: 'always',
  fields: { showPrivileges: types.safeBool },
  strict: false,
  countsAsCommand: true,
  run({ command }: Invocation): Document {
    const privileges = isTrue(command['showPrivileges']) ? { authenticatedUserPrivileges: [] } : {}
    return {
      authInfo: { authenticatedUsers: [], authenticatedUserRoles: [], ...privileges },
      ok: 1,
    }
  },
} as const satisfies CommandDescriptor
