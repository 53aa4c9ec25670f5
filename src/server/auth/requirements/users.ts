import type { Document } from '../../../bson/index.ts'
import { mayRevokeAnyRole } from '../authorization_session.ts'
import { rolesArgument, usersArgument } from '../info_argument.ts'
import { type RoleName, roleNamesOn } from '../names.ts'
import type { Action } from '../roles/actions.ts'
import { type Asked, elementsOf, type Requirement } from './requirement.ts'

/**
 * What the commands about users and roles need. Nobody gives away a role on a database whose roles
 * they may not grant. Source: user_management_commands_common.cpp (8.0).
 */
function mayForEach(asked: Asked, action: Action, roles: readonly RoleName[]): boolean {
  const { privileges } = asked.authorization
  return roles.every(({ db }) => privileges.allowsOnDatabase(db, action))
}

const rolesOf = ({ command, ns }: Asked): RoleName[] =>
  roleNamesOn(elementsOf(command['roles']), ns.db)

export const createsUser: Requirement = (asked) => {
  const { command, ns, authorization } = asked
  return (
    authorization.privileges.allowsOnDatabase(ns.db, 'createUser') &&
    mayForEach(asked, 'grantRole', rolesOf(asked)) &&
    mayRestrict(asked, command)
  )
}

/** One's own password and data one may change where a role says so. */
export const updatesUser: Requirement = (asked) => {
  const { command, ns, authorization } = asked
  const { privileges } = authorization
  const isOwn = authorization.isUser({ user: String(command['updateUser']), db: ns.db })
  const mayChange = (any: Action, own: Action): boolean =>
    privileges.allowsOnDatabase(ns.db, any) || (isOwn && privileges.allowsOnDatabase(ns.db, own))
  const has = (field: string): boolean => command[field] !== undefined
  if (has('pwd') || has('mechanisms')) {
    if (!mayChange('changePassword', 'changeOwnPassword')) return false
  }
  if (has('customData') && !mayChange('changeCustomData', 'changeOwnCustomData')) return false
  if (has('roles')) {
    if (!mayRevokeAnyRole(authorization)) return false
    if (!mayForEach(asked, 'grantRole', rolesOf(asked))) return false
  }
  return mayRestrict(asked, command)
}

export const grantsRoles: Requirement = (asked) => mayForEach(asked, 'grantRole', rolesOf(asked))

export const revokesRoles: Requirement = (asked) => mayForEach(asked, 'revokeRole', rolesOf(asked))

/** Oneself one may always look at. */
export const looksAtUsers: Requirement = ({ command, ns, authorization }) => {
  const { privileges } = authorization
  const argument = usersArgument(command['usersInfo'], ns.db)
  if (argument.kind === 'everywhere') return privileges.allowsOnCluster('viewUser')
  if (argument.kind === 'here') return privileges.allowsOnDatabase(ns.db, 'viewUser')
  return argument.names.every(
    (name) => authorization.isUser(name) || privileges.allowsOnDatabase(name.db, 'viewUser'),
  )
}

/** As well as at the roles one has. */
export const looksAtRoles: Requirement = ({ command, ns, authorization }) => {
  const { privileges, roles } = authorization
  const argument = rolesArgument(command['rolesInfo'], ns.db)
  if (argument.kind !== 'named') return privileges.allowsOnDatabase(ns.db, 'viewRole')
  return argument.names.every(
    ({ role, db }) =>
      roles.some((own) => own.role === role && own.db === db) ||
      privileges.allowsOnDatabase(db, 'viewRole'),
  )
}

function mayRestrict({ ns, authorization }: Asked, command: Document): boolean {
  if (command['authenticationRestrictions'] === undefined) return true
  return authorization.privileges.allowsOnDatabase(ns.db, 'setAuthenticationRestriction')
}
