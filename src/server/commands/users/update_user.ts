import type { Document } from '../../../bson/index.ts'
import { ServerError } from '../../../engine/index.ts'
import type { Credentials } from '../../auth/credentials.ts'
import { roleNamesOn, type UserName } from '../../auth/names.ts'
import { checkRolesExist } from '../../auth/roles/table.ts'
import type { User } from '../../auth/users.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import type { Invocation } from '../../invocation.ts'
import { refuseUnsupported } from '../../unsupported.ts'
import { credentialsIn, mechanismsIn, USER_FIELDS } from './password.ts'
import { subjectOf } from './subject.ts'

/** Source: user_management_commands.cpp (8.0). */
export const updateUser = {
  name: 'updateUser',
  target: 'database',
  fields: USER_FIELDS,
  supportsWriteConcern: true,
  countsAsCommand: true,
  writes: true,
  run(invocation: Invocation): Document {
    const { command, server } = invocation
    refuseUnsupported(command, ['authenticationRestrictions'])
    const name = subjectOf(invocation)
    const changes = changesIn(invocation, name)
    if (Object.keys(changes).length === 0) {
      throw new ServerError('BadValue', 'Must specify at least one field to update in updateUser')
    }
    if (changes.roles !== undefined) checkRolesExist(changes.roles)
    server.users.update(name, changes)
    invocation.wrote = true
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor

type Changes = Partial<Omit<User, 'name' | 'userId'>>

function changesIn(invocation: Invocation, name: UserName): Changes {
  const { command } = invocation
  const credentials = credentialsChange(invocation, name)
  const { customData, roles } = command
  return {
    ...(credentials === undefined ? {} : { credentials }),
    ...(customData === undefined ? {} : { customData: customData as Document }),
    ...(roles === undefined ? {} : { roles: roleNamesOn(roles as unknown[], name.db) }),
  }
}

/** Another password; or without one, fewer mechanisms for the one that there is. */
function credentialsChange(invocation: Invocation, name: UserName): Credentials | undefined {
  const { command, server } = invocation
  const mechanisms = mechanismsIn(command)
  if (command['pwd'] !== undefined) {
    if (name.db !== '$external') return credentialsIn(invocation, name)
    throw new ServerError(
      'BadValue',
      "Cannot set the password for users defined on the '$external' database",
    )
  }
  if (mechanisms === undefined) return undefined
  const { credentials } = server.users.require(name)
  if (mechanisms.every((one) => credentials.mechanisms.includes(one))) {
    return credentials.only(mechanisms)
  }
  throw new ServerError(
    'BadValue',
    'mechanisms field must be a subset of previously set mechanisms',
  )
}
