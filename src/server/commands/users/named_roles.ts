import { ServerError } from '../../../engine/index.ts'
import { type RoleName, roleNamesOn, type UserName } from '../../auth/names.ts'
import { checkRolesExist } from '../../auth/roles/table.ts'
import type { User } from '../../auth/users.ts'
import type { Invocation } from '../../invocation.ts'

/**
 * The user and the roles of a command that gives or takes some. The checks are in the server's
 * order.
 *
 * @throws ServerError 2, 11, 31
 */
export function namedRoles(
  { command, descriptor, server }: Invocation,
  name: UserName,
): { readonly user: User; readonly roles: readonly RoleName[] } {
  const given = command['roles'] as readonly unknown[]
  if (given.length === 0) {
    throw new ServerError(
      'BadValue',
      `${descriptor.name} command requires a non-empty "roles" array`,
    )
  }
  const user = server.users.require(name)
  const roles = roleNamesOn(given, name.db)
  checkRolesExist(roles)
  return { user, roles }
}
