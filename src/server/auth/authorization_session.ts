import { ServerError } from '../../engine/index.ts'
import { NOBODY, type SessionOwner, sessionOwner } from '../sessions/lsid.ts'
import { type Cryptography, utf8 } from './cryptography.ts'
import { type RoleName, type UserName, userText, withoutTwins } from './names.ts'
import { PrivilegeSet } from './privilege_set.ts'
import { ANY_NORMAL, CLUSTER, database } from './resources.ts'
import type { User, Users } from './users.ts'

/** What a connection brings that somebody can log in over. */
export interface LoginOptions {
  readonly cryptography: Cryptography
  /** Whether commands need a user who may run them. */
  readonly isRequired: boolean
  /** Whether the client is on this machine, and so may make the first user. */
  readonly isLocal: boolean
  /** Takes a line about each login that failed, with the reason that the client is not told. */
  readonly log: (line: string) => void
}

/**
 * Who is at the other end of a connection, and what they may do. A client in process is trusted:
 * it is nobody, and may do anything. Source: authorization_session_impl.cpp (8.0).
 */
export class AuthorizationSession {
  /** Whether commands have to be allowed by the roles of a user. */
  readonly isEnforced: boolean
  readonly login: LoginOptions | undefined
  readonly #users: Users
  #user: User | undefined = undefined
  #privileges: PrivilegeSet = PrivilegeSet.none
  #sessionOwner: SessionOwner = NOBODY

  constructor(users: Users, login?: LoginOptions) {
    this.#users = users
    this.login = login
    this.isEnforced = login?.isRequired ?? false
  }

  /** Who has logged in, as they are now: roles may have changed, or the user been dropped. */
  get user(): User | undefined {
    const known = this.#user
    if (known === undefined) return undefined
    const now = this.#users.find(known.name)
    if (now === known) return known
    this.#become(now?.userId === known.userId ? now : undefined)
    return this.#user
  }

  get roles(): readonly RoleName[] {
    return withoutTwins(this.user?.roles ?? [])
  }

  /** Whose the sessions and cursors of this connection are. */
  get sessionOwner(): SessionOwner {
    return this.isEnforced && this.user !== undefined ? this.#sessionOwner : NOBODY
  }

  /** Whether what a client sends before it logs in is to be taken as if it had. */
  get isTrusted(): boolean {
    return !this.isEnforced || this.user !== undefined || this.hasLocalhostException
  }

  get privileges(): PrivilegeSet {
    if (this.user !== undefined) return this.#privileges
    return this.hasLocalhostException ? FIRST_STEPS : PrivilegeSet.none
  }

  /** Until there is a user, whoever sits at this machine may make one. */
  get hasLocalhostException(): boolean {
    return this.isEnforced && this.login!.isLocal && this.#users.size === 0
  }

  /** @throws ServerError 5626701, 5626702: another one has logged in before */
  logIn(user: User): void {
    const known = this.user
    if (known === undefined) {
      this.#become(user)
      this.#sessionOwner = sessionOwnerOf(user.name, this.login!.cryptography)
      return
    }
    const { name } = known
    if (name.user === user.name.user && name.db === user.name.db) return
    if (name.db !== user.name.db) {
      throw new ServerError(
        5626701,
        `Each client connection may only be authenticated once. Previously authenticated as: ${userText(name)}`,
      )
    }
    throw new ServerError(
      5626702,
      `Client has attempted to authenticate on multiple databases.Already authenticated as: ${userText(name)}`,
    )
  }

  /** Forgets who logged in, if it was on this database. */
  logOut(db: string): void {
    if (this.#user?.name.db === db) this.#become(undefined)
  }

  isUser(name: UserName): boolean {
    const known = this.user?.name
    return known !== undefined && known.user === name.user && known.db === name.db
  }

  #become(user: User | undefined): void {
    this.#user = user
    this.#privileges = user === undefined ? PrivilegeSet.none : PrivilegeSet.ofRoles(user.roles)
  }
}

/** Source: `_getDefaultPrivileges`, authorization_session_impl.cpp (8.0). */
const FIRST_STEPS = new PrivilegeSet([
  { resource: database('admin'), actions: ['createUser', 'grantRole'] },
  { resource: database('$external'), actions: ['createUser'] },
  {
    resource: CLUSTER,
    actions: ['addShard', 'issueDirectShardOperations', 'replSetConfigure', 'replSetGetStatus'],
  },
])

/** Source: `User::_computeDigest`, user.cpp. */
function sessionOwnerOf(name: UserName, cryptography: Cryptography): SessionOwner {
  const text = userText(name)
  return sessionOwner(text, cryptography.digest('sha256', utf8(text)))
}

/** Whether somebody may take roles away from anybody. */
export function mayRevokeAnyRole({ privileges }: AuthorizationSession): boolean {
  return privileges.allowsOnResource(ANY_NORMAL, 'revokeRole')
}
