import { type Document, typeNameOf } from '../../../bson/index.ts'
import { ServerError } from '../../../engine/index.ts'
import { rolesArgument } from '../../auth/info_argument.ts'
import type { RoleName } from '../../auth/names.ts'
import { PrivilegeSet } from '../../auth/privilege_set.ts'
import { builtInRolesOf, isBuiltInRole } from '../../auth/roles/table.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { isTrue } from '../../truth.ts'

/** Source: user_management_commands.cpp, authorization_backend_local.cpp (8.0). */
export const rolesInfo = {
  name: 'rolesInfo',
  target: 'database',
  secondaryAllowed: 'optIn',
  fields: {
    showPrivileges: types.any,
    showBuiltinRoles: types.safeBool,
    showAuthenticationRestrictions: types.safeBool,
  },
  countsAsCommand: true,
  run({ command, ns }: Invocation): Document {
    const argument = rolesArgument(command['rolesInfo'], ns.db)
    const format = formatOf(command['showPrivileges'])
    const showsRestrictions = isTrue(command['showAuthenticationRestrictions'])
    if (format === 'asUserFragment') return fragmentReply(argument, showsRestrictions)
    const asked =
      argument.kind === 'named'
        ? argument.names.filter(isBuiltInRole)
        : isTrue(command['showBuiltinRoles'])
          ? builtInRolesOf(ns.db)
          : []
    const showsPrivileges = format === 'shown'
    return {
      roles: asked.map((role) => describeRole(role, { showsPrivileges, showsRestrictions })),
      ok: 1,
    }
  },
} as const satisfies CommandDescriptor

/** Source: `parseShowPrivileges`, user_management_commands_parser */
function formatOf(given: unknown): 'omitted' | 'shown' | 'asUserFragment' {
  if (given === 'asUserFragment') return given
  if (typeof given === 'string') {
    throw new ServerError(
      'FailedToParse',
      `Failed to parse 'showPrivileges'. 'showPrivileges' should either be a boolean or the string 'asUserFragment', given: ${typeNameOf(given)}`,
    )
  }
  return isTrue(given) ? 'shown' : 'omitted'
}

function describeRole(
  { role, db }: RoleName,
  shown: { readonly showsPrivileges: boolean; readonly showsRestrictions: boolean },
): Document {
  const privileges = PrivilegeSet.ofRoles([{ role, db }]).documents()
  return {
    role,
    db,
    isBuiltin: true,
    roles: [],
    inheritedRoles: [],
    ...(shown.showsPrivileges ? { privileges, inheritedPrivileges: privileges } : {}),
    ...(shown.showsRestrictions
      ? { authenticationRestrictions: [], inheritedAuthenticationRestrictions: [] }
      : {}),
  }
}

/** The roles as the part of a user's document that they would make. */
function fragmentReply(
  argument: ReturnType<typeof rolesArgument>,
  showsRestrictions: boolean,
): Document {
  if (argument.kind !== 'named') {
    throw new ServerError(
      'IllegalOperation',
      'Cannot get user fragment for all roles in a database',
    )
  }
  const roles = argument.names.map((one) => ({ ...one }))
  const userFragment = {
    roles,
    inheritedRoles: roles,
    inheritedPrivileges: PrivilegeSet.ofRoles(roles).documents(),
    ...(showsRestrictions ? { inheritedAuthenticationRestrictions: [] } : {}),
  }
  return { userFragment, ok: 1 }
}
