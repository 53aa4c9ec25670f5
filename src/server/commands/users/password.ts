import type { Document } from '../../../bson/index.ts'
import { ServerError } from '../../../engine/index.ts'
import { Credentials } from '../../auth/credentials.ts'
import {
  isMechanismName,
  MECHANISM_NAMES,
  MECHANISMS,
  type MechanismName,
} from '../../auth/mechanisms.ts'
import type { UserName } from '../../auth/names.ts'
import { type FieldRules, types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { isTrue } from '../../truth.ts'

/** The fields that createUser and updateUser share. Source: user_management_commands.idl (8.0). */
export const USER_FIELDS: FieldRules = {
  pwd: types.string,
  customData: types.object,
  roles: types.array,
  digestPassword: types.safeBool,
  authenticationRestrictions: types.array,
  mechanisms: types.array,
}

/**
 * The credentials of a command that sets a password. Source: `buildCredentials`,
 * user_management_commands.cpp (8.0).
 *
 * @throws ServerError BadValue
 */
export function credentialsIn(
  { command, server, connection }: Invocation,
  { user }: UserName,
): Credentials {
  const names = mechanismsIn(command) ?? MECHANISM_NAMES
  const text = command['pwd'] as string
  const isDigested = command['digestPassword'] !== undefined && !isTrue(command['digestPassword'])
  if (names.includes('SCRAM-SHA-256')) {
    if (isDigested) {
      throw new ServerError('BadValue', 'Use of SCRAM-SHA-256 requires undigested passwords')
    }
    const { login } = connection.authorization
    // Without cryptography, nobody can know yet; then nobody can log in either.
    if (login !== undefined) MECHANISMS['SCRAM-SHA-256'].prepare(user, text, login.cryptography)
  }
  return Credentials.of({ userName: user, text, isDigested }, names, server.users.random)
}

/** @throws ServerError BadValue */
export function mechanismsIn(command: Document): MechanismName[] | undefined {
  const given = command['mechanisms'] as unknown[] | undefined | null
  if (given === undefined || given === null) return undefined
  if (given.length === 0) throw new ServerError('BadValue', 'mechanisms field must not be empty')
  return given.map((name) => {
    if (isMechanismName(name)) return name
    throw new ServerError('BadValue', `Unknown auth mechanism '${String(name)}'`)
  })
}
