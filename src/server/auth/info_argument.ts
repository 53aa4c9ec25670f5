import { isDocument, isNumeric, numberToDouble } from '../../bson/index.ts'
import { isTrue } from '../truth.ts'
import { type RoleName, roleNameOn, type UserName, userNameOn } from './names.ts'

/**
 * Whom `usersInfo` and `rolesInfo` ask about: all of this database, those named or, of users, all
 * there are. Source: umc_info_command_arg.h (8.0).
 */
export type InfoArgument<Name> =
  | { readonly kind: 'here' }
  | { readonly kind: 'everywhere' }
  | { readonly kind: 'named'; readonly names: readonly Name[] }

/** @throws ServerError BadValue */
export function usersArgument(given: unknown, db: string): InfoArgument<UserName> {
  if (isDocument(given) && isTruthy(given['forAllDBs'])) return { kind: 'everywhere' }
  return argumentOf(given, (one) => userNameOn(one, db))
}

/** @throws ServerError BadValue */
export function rolesArgument(given: unknown, db: string): InfoArgument<RoleName> {
  return argumentOf(given, (one) => roleNameOn(one, db))
}

function argumentOf<Name>(given: unknown, nameOf: (one: unknown) => Name): InfoArgument<Name> {
  if (isNumeric(given) && Math.trunc(numberToDouble(given)) === 1) return { kind: 'here' }
  const ones = Array.isArray(given) ? given : [given]
  return { kind: 'named', names: ones.map(nameOf) }
}

/** As BSON has it: everything but false, zero, null and nothing. */
function isTruthy(value: unknown): boolean {
  return isNumeric(value) ? isTrue(value) : Boolean(value)
}
