import type { Document } from '../../../bson/index.ts'
import { ServerError } from '../../../engine/index.ts'
import { Credentials } from '../../auth/credentials.ts'
import { roleNamesOn, type UserName } from '../../auth/names.ts'
import { checkRolesExist } from '../../auth/roles/table.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import type { Invocation } from '../../invocation.ts'
import { refuseUnsupported } from '../../unsupported.ts'
import { credentialsIn, mechanismsIn, USER_FIELDS } from './password.ts'
import { subjectOf } from './subject.ts'

/** Source: user_management_commands.cpp (8.0). */
export const createUser = {
  name: 'createUser',
  target: 'database',
  fields: USER_FIELDS,
  required: ['roles'],
  supportsWriteConcern: true,
  countsAsCommand: true,
  writes: true,
  run(invocation: Invocation): Document {
    const { command, server } = invocation
    const name = subjectOf(invocation)
    checkName(name)
    checkPassword(command['pwd'] !== undefined, name)
    mechanismsIn(command)
    refuseUnsupported(command, ['authenticationRestrictions'])
    const roles = roleNamesOn(command['roles'] as unknown[], name.db)
    const credentials = isExternal(name) ? Credentials.external : credentialsIn(invocation, name)
    checkRolesExist(roles)
    const customData = command['customData'] as Document | undefined
    server.users.add({ name, credentials, roles, customData })
    invocation.wrote = true
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor

/** Whom others vouch for have no password here. */
const isExternal = ({ db }: UserName): boolean => db === '$external'

function checkName({ user, db }: UserName): void {
  if (db === 'local') {
    throw new ServerError('BadValue', 'Cannot create users in the local database')
  }
  if (user.includes('\0')) {
    throw new ServerError('BadValue', 'Username cannot contain NULL characters')
  }
  if (user === '') {
    throw new ServerError('BadValue', "User document needs 'user' field to be a non-empty string")
  }
}

function checkPassword(isGiven: boolean, name: UserName): void {
  if (isGiven !== isExternal(name)) return
  throw new ServerError(
    'BadValue',
    isGiven
      ? "Cannot set the password for users defined on the '$external' database"
      : "Must provide a 'pwd' field for all user documents, except those with '$external' as the user's source db",
  )
}
