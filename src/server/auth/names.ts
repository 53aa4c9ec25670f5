import { type Document, isDocument, typeNameOf } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'

/** A user or a role is known by its name and the database that it was made on. */
export interface UserName {
  readonly user: string
  readonly db: string
}

export interface RoleName {
  readonly role: string
  readonly db: string
}

/** As messages print them. */
export const userText = ({ user, db }: UserName): string => `${user}@${db}`
export const roleText = ({ role, db }: RoleName): string => `${role}@${db}`

/** What user documents have for `_id`, which no two users share. */
export const userKey = ({ user, db }: UserName): string => `${db}.${user}`

/**
 * A user's name where its database has to be named along: `db.user` or `{ user, db }`.
 *
 * @throws ServerError BadValue. Source: `AuthName::parseFromBSON`, auth_name.cpp (8.0)
 */
export function fullUserName(given: unknown): UserName {
  if (isDocument(given)) return userNameIn(given)
  if (typeof given !== 'string') {
    throw new ServerError('BadValue', 'UserName must be either a string or an object')
  }
  const dot = given.indexOf('.')
  if (dot === -1) {
    throw new ServerError('BadValue', "UserName must contain a '.' separated database.user pair")
  }
  return { user: given.slice(dot + 1), db: given.slice(0, dot) }
}

/** A user's name where plain text is one of this database. @throws ServerError BadValue */
export function userNameOn(given: unknown, db: string): UserName {
  return typeof given === 'string' ? { user: given, db } : fullUserName(given)
}

/** As `userNameOn`. */
export function roleNameOn(given: unknown, db: string): RoleName {
  if (typeof given === 'string') return { role: given, db }
  if (!isDocument(given)) {
    throw new ServerError('BadValue', 'RoleName must be either a string or an object')
  }
  return { role: fieldIn(given, 'RoleName', 'role'), db: fieldIn(given, 'RoleName', 'db') }
}

/** Roles of a command or an option, each of them once. @throws ServerError BadValue */
export function roleNamesOn(given: readonly unknown[], db: string): RoleName[] {
  return withoutTwins(given.map((one) => roleNameOn(one, db)))
}

export function withoutTwins(roles: readonly RoleName[]): RoleName[] {
  return [...new Map(roles.map((one) => [roleText(one), one])).values()]
}

function userNameIn(given: Document): UserName {
  for (const field in given) {
    if (field === 'user' || field === 'db') continue
    throw new ServerError('BadValue', `UserName contains an unknown field named: '${field}`)
  }
  return { user: fieldIn(given, 'UserName', 'user'), db: fieldIn(given, 'UserName', 'db') }
}

function fieldIn(given: Document, kind: string, field: string): string {
  const value = given[field]
  if (value === undefined) {
    throw new ServerError('BadValue', `${kind} must contain a field named: ${field}`)
  }
  if (typeof value !== 'string') {
    throw new ServerError(
      'BadValue',
      `${kind} must contain a string field named: ${field}. But, has type ${typeNameOf(value)}`,
    )
  }
  return value
}
