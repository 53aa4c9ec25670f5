import type { Document } from '../../../bson/index.ts'
import { roleText } from '../../auth/names.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { namedRoles } from './named_roles.ts'
import { subjectOf } from './subject.ts'

/** Source: user_management_commands.cpp (8.0). */
export const revokeRolesFromUser = {
  name: 'revokeRolesFromUser',
  target: 'database',
  fields: { roles: types.array },
  required: ['roles'],
  supportsWriteConcern: true,
  countsAsCommand: true,
  writes: true,
  run(invocation: Invocation): Document {
    const { users } = invocation.server
    const name = subjectOf(invocation)
    const { user, roles } = namedRoles(invocation, name)
    const revoked = new Set(roles.map(roleText))
    users.update(name, { roles: user.roles.filter((one) => !revoked.has(roleText(one))) })
    invocation.wrote = true
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
