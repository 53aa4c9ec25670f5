import type { Binary } from 'bson'
import { type Document, mintUuid } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { Random } from '../../sim/index.ts'
import type { Credentials } from './credentials.ts'
import { type RoleName, type UserName, userKey, userText } from './names.ts'

/** A user as it is now; a change makes another one. */
export interface User {
  readonly name: UserName
  /** Tells a user from another one of the same name, made after the first was dropped. */
  readonly userId: Binary
  readonly credentials: Credentials
  readonly roles: readonly RoleName[]
  readonly customData: Document | undefined
}

/** A moment of the users. */
export type UsersSave = ReadonlyMap<string, User>

/**
 * Who may log in. The server keeps them in `admin.system.users`; here they are a map beside the
 * store, which saves, restores and forks go along with.
 */
export class Users {
  /** Chance of their own: who logs in changes nothing for anybody else. */
  readonly random: Random
  #all: ReadonlyMap<string, User>

  constructor(random: Random, all: ReadonlyMap<string, User> = new Map()) {
    this.random = random
    this.#all = all
  }

  static seeded(seed: number): Users {
    return new Users(new Random(seed))
  }

  get size(): number {
    return this.#all.size
  }

  /** In the order of their names, then databases. */
  all(): User[] {
    return [...this.#all.values()].sort((a, b) => compareNames(a.name, b.name))
  }

  find(name: UserName): User | undefined {
    return this.#all.get(userKey(name))
  }

  /** @throws ServerError 11 */
  require(name: UserName): User {
    const user = this.find(name)
    if (user !== undefined) return user
    throw new ServerError('UserNotFound', `Could not find user "${name.user}" for db "${name.db}"`)
  }

  /** @throws ServerError 51003 */
  add(user: Omit<User, 'userId'>): void {
    if (this.find(user.name) !== undefined) {
      throw new ServerError(51003, `User "${userText(user.name)}" already exists`)
    }
    this.#put({ ...user, userId: mintUuid(this.random.bytes(16)) })
  }

  /** @throws ServerError 11 */
  update(name: UserName, changes: Partial<Omit<User, 'name' | 'userId'>>): void {
    const user = this.find(name)
    if (user === undefined) {
      throw new ServerError('UserNotFound', `User ${userText(name)} not found`)
    }
    this.#put({ ...user, ...changes })
  }

  /** @returns how many there were */
  drop(isDropped: (user: User) => boolean): number {
    const before = this.#all.size
    this.#all = new Map([...this.#all].filter(([, user]) => !isDropped(user)))
    return before - this.#all.size
  }

  save(): UsersSave {
    return this.#all
  }

  restore(save: UsersSave): void {
    this.#all = save
  }

  fork(): Users {
    return new Users(this.random.clone(), this.#all)
  }

  #put(user: User): void {
    this.#all = new Map(this.#all).set(userKey(user.name), user)
  }
}

function compareNames(a: UserName, b: UserName): number {
  return compareText(a.user, b.user) || compareText(a.db, b.db)
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
