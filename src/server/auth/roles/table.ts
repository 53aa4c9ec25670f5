import { ServerError } from '../../../engine/index.ts'
import { type RoleName, roleText } from '../names.ts'
import { BACKUP_ROLES } from './backup_roles.ts'
import { CLUSTER_ROLES } from './cluster_roles.ts'
import { DATABASE_ROLES } from './database_roles.ts'
import type { BuiltInRole, Privilege } from './role.ts'

/** The roles that every server has; there are no others, since none can be made. */
const ROLES: ReadonlyMap<string, BuiltInRole> = new Map(
  Object.entries<BuiltInRole>({ ...DATABASE_ROLES, ...CLUSTER_ROLES, ...BACKUP_ROLES }),
)

export function isBuiltInRole({ role, db }: RoleName): boolean {
  const found = ROLES.get(role)
  return found !== undefined && (found.adminOnly !== true || db === 'admin')
}

export function builtInRolesOf(db: string): RoleName[] {
  return [...ROLES.keys()].map((role) => ({ role, db })).filter(isBuiltInRole)
}

/** @throws ServerError 31. Source: `makeRoleNotFoundStatus` */
export function checkRolesExist(roles: readonly RoleName[]): void {
  const unknown = roles.filter((one) => !isBuiltInRole(one)).map(roleText)
  if (unknown.length === 0) return
  const noun = unknown.length === 1 ? 'role' : 'roles'
  throw new ServerError('RoleNotFound', `Could not find ${noun}: ${unknown.join(', ')}`)
}

/** All that a role allows, that of the roles in it included. */
export function privilegesOf({ role, db }: RoleName): readonly Privilege[] {
  const found = ROLES.get(role)
  if (found === undefined) return []
  const included = (found.includes ?? []).flatMap((one) =>
    privilegesOf(typeof one === 'string' ? { role: one, db } : one),
  )
  return [...included, ...found.privileges(db)]
}
