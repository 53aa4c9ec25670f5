import { Credentials } from './credentials.ts'
import { MECHANISM_NAMES } from './mechanisms.ts'
import { type RoleName, roleNamesOn } from './names.ts'
import { checkRolesExist } from './roles/table.ts'
import type { User, Users } from './users.ts'

/** That clients have to log in, and as whom they can. */
export interface AuthOptions {
  /**
   * Users to make. Without any, a client on this machine may make the first one by `createUser`;
   * clients in process may make some at any time.
   */
  readonly users?: readonly UserOptions[]
}

/** A user of a connection string: `mongodb://user:pwd@host/?authSource=db`. */
export interface UserOptions {
  readonly user: string
  readonly pwd: string
  /** Where the user is made, which is what clients call `authSource`. Default: `admin`. */
  readonly db?: string
  /** Built-in roles, on the same database unless they name one. Default: `root` on `admin`. */
  readonly roles?: readonly (string | RoleName)[]
}

const EVERYTHING: RoleName = { role: 'root', db: 'admin' }

const KNOWN_OPTIONS: ReadonlySet<string> = new Set<keyof AuthOptions>(['users'])
const KNOWN_USER_OPTIONS: ReadonlySet<string> = new Set<keyof UserOptions>([
  'user',
  'pwd',
  'db',
  'roles',
])

/**
 * Makes users of options: all of them, or none where one makes no sense.
 *
 * @throws TypeError for options that make no sense; ServerError 31 for a role that is none, 51003
 *   for a user that there is already
 */
export function addUsers(users: Users, options: AuthOptions): void {
  checkNames('auth', options, KNOWN_OPTIONS)
  const before = users.save()
  try {
    for (const one of options.users ?? []) users.add(userOf(one, users))
  } catch (error) {
    users.restore(before)
    throw error
  }
}

function userOf(given: UserOptions, users: Users): Omit<User, 'userId'> {
  checkNames('a user of auth', given, KNOWN_USER_OPTIONS)
  const { user, pwd, db = 'admin', roles } = given
  for (const [name, text] of Object.entries({ user, pwd, db })) {
    if (typeof text === 'string' && text !== '') continue
    throw new TypeError(`${name} of a user of auth is a text that is not empty`)
  }
  const granted = roles === undefined ? [EVERYTHING] : roleNamesOn(roles, db)
  checkRolesExist(granted)
  const password = { userName: user, text: pwd, isDigested: false }
  return {
    name: { user, db },
    credentials: Credentials.of(password, MECHANISM_NAMES, users.random),
    roles: granted,
    customData: undefined,
  }
}

function checkNames(what: string, options: object, known: ReadonlySet<string>): void {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw new TypeError(`${what} knows no option '${name}'`)
  }
}
