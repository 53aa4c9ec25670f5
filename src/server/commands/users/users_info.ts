import { type Document, isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../../engine/index.ts'
import { type InfoArgument, usersArgument } from '../../auth/info_argument.ts'
import { type UserName, userKey } from '../../auth/names.ts'
import type { User, Users } from '../../auth/users.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { isTrue } from '../../truth.ts'
import { credentialsDocument, describeUser, withPrivileges } from './describe_user.ts'

/** Source: user_management_commands.cpp, user_management_commands.idl (8.0). */
export const usersInfo = {
  name: 'usersInfo',
  target: 'database',
  secondaryAllowed: 'optIn',
  fields: {
    showPrivileges: types.safeBool,
    showCredentials: types.safeBool,
    showAuthenticationRestrictions: types.safeBool,
    showCustomData: types.safeBool,
    filter: types.object,
  },
  countsAsCommand: true,
  run({ command, ns, server, connection }: Invocation): Document {
    const argument = usersArgument(command['usersInfo'], ns.db)
    const showsRestrictions = isTrue(command['showAuthenticationRestrictions'])
    const isDetailed = isTrue(command['showPrivileges']) || showsRestrictions
    const given = command['filter']
    const filter = isDocument(given) ? server.services.filters.compile(given) : undefined
    if (isDetailed && (filter !== undefined || argument.kind !== 'named')) {
      throw new ServerError(
        'IllegalOperation',
        'Privilege or restriction details require exact-match usersInfo queries',
      )
    }
    const { login } = connection.authorization
    const described = usersOf(server.users, argument, ns.db).map((user) => {
      const credentials = isTrue(command['showCredentials'])
        ? credentialsDocument(user, login?.cryptography)
        : undefined
      const showsCustomData =
        command['showCustomData'] === undefined || isTrue(command['showCustomData'])
      const parts = { credentials, customData: showsCustomData ? user.customData : undefined }
      return isDetailed
        ? withPrivileges(user, parts, { showsRestrictions })
        : describeUser(user, parts)
    })
    const users = filter === undefined ? described : described.filter((one) => filter.matches(one))
    return { users, ok: 1 }
  },
} as const satisfies CommandDescriptor

function usersOf(users: Users, argument: InfoArgument<UserName>, db: string): User[] {
  if (argument.kind === 'everywhere') return users.all()
  if (argument.kind === 'here') return users.all().filter(({ name }) => name.db === db)
  const asked = new Set(argument.names.map(userKey))
  return users.all().filter(({ name }) => asked.has(userKey(name)))
}
