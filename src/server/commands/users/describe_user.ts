import type { Document } from '../../../bson/index.ts'
import { ServerError } from '../../../engine/index.ts'
import type { Cryptography } from '../../auth/cryptography.ts'
import { userKey } from '../../auth/names.ts'
import { PrivilegeSet } from '../../auth/privilege_set.ts'
import type { User } from '../../auth/users.ts'

/** Of a user, what is shown only to those who ask for it. */
export interface ShownParts {
  readonly credentials: Document | undefined
  readonly customData: Document | undefined
}

/**
 * A user as `usersInfo` shows it. Source: `performNoPrivilegeNoRestrictionsLookup`,
 * authorization_backend_local.cpp.
 */
export function describeUser(user: User, parts: ShownParts): Document {
  return { ...documentOf(user, parts), mechanisms: mechanismsOf(user) }
}

/**
 * The same with all that its roles allow. A built-in role includes no other one by name, so what is
 * inherited are the roles themselves. Source: `getUserDescription`.
 */
export function withPrivileges(
  user: User,
  parts: ShownParts,
  { showsRestrictions }: { readonly showsRestrictions: boolean },
): Document {
  return {
    ...documentOf(user, parts),
    mechanisms: mechanismsOf(user),
    ...(showsRestrictions ? { authenticationRestrictions: [] } : {}),
    inheritedRoles: [...user.roles],
    inheritedPrivileges: PrivilegeSet.ofRoles(user.roles).documents(),
    inheritedAuthenticationRestrictions: [],
  }
}

/** @throws ServerError 238 without the means to derive them */
export function credentialsDocument(
  { credentials }: User,
  cryptography: Cryptography | undefined,
): Document {
  if (credentials.isExternal) return { external: true }
  if (cryptography === undefined) {
    throw new ServerError(
      'NotImplemented',
      "Option 'showCredentials' is supported over the wire only, where keys are derived",
    )
  }
  return Object.fromEntries(
    credentials.mechanisms.map((name) => [name, { ...credentials.for(name, cryptography) }]),
  )
}

function documentOf(user: User, { credentials, customData }: ShownParts): Document {
  const { name, userId, roles } = user
  return {
    _id: userKey(name),
    userId,
    user: name.user,
    db: name.db,
    ...(credentials === undefined ? {} : { credentials }),
    ...(customData === undefined ? {} : { customData }),
    roles: roles.map((one) => ({ ...one })),
  }
}

function mechanismsOf({ credentials }: User): string[] {
  return credentials.isExternal ? ['external'] : [...credentials.mechanisms]
}
