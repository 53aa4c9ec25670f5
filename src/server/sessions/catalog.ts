import type { Binary } from 'bson'
import type { Document } from '../../bson/index.ts'
import { ServerError, type Services } from '../../engine/index.ts'
import {
  checkedId,
  isIdOf,
  keyOf,
  NOBODY,
  type SessionId,
  type SessionOwner,
  sessionIdOf,
  sessionKey,
} from './lsid.ts'
import { Session } from './session.ts'

/** So many sessions are worth keeping for a program that is played again. */
const RENEWED_MAX = 64

/**
 * The sessions that clients use, by id: the server's SessionCatalog and LogicalSessionCache in one.
 */
export class Sessions {
  readonly #services: Services
  readonly #sessions = new Map<string, Session>()
  /**
   * Used last: commands of a session come in a row, and comparing ids is cheaper than a look-up.
   */
  #latest: Session | undefined = undefined

  constructor(services: Services) {
    this.#services = services
  }

  get size(): number {
    return this.#sessions.size
  }

  all(): IterableIterator<Session> {
    return this.#sessions.values()
  }

  /** All of a user's; of nobody's, where nobody has to log in. */
  of(ownerName: string): Session[] {
    return [...this.all()].filter(({ id }) => id.owner.name === ownerName)
  }

  find(lsid: Document, path: string, owner: SessionOwner = NOBODY): Session | undefined {
    return this.#sessions.get(sessionKey(lsid, path, owner))
  }

  findByKey(key: string): Session | undefined {
    return this.#sessions.get(key)
  }

  /**
   * The session of an `lsid`, made if it is new, and used as of now.
   *
   * @throws ServerError of the id; 261 TooManyLogicalSessions
   */
  use(lsid: Document, path: string, owner: SessionOwner = NOBODY): Session {
    const id = checkedId(lsid, path, owner)
    const session = this.#find(id, owner) ?? this.#add(sessionIdOf(lsid, owner))
    session.lastUsedUs = this.#services.clock.nowUs()
    this.#latest = session
    return session
  }

  delete(session: Session): void {
    this.#sessions.delete(session.id.key)
    if (this.#latest === session) this.#latest = undefined
  }

  /**
   * All of them as if they were fresh. A session costs much more to make than to use, and a program
   * that is played again uses the same ids again; if it does not, they go. No transaction may be
   * open, and no command under way.
   */
  renew(): void {
    if (this.#sessions.size > RENEWED_MAX) {
      this.#sessions.clear()
      this.#latest = undefined
      return
    }
    for (const { participant } of this.#sessions.values()) participant.forget()
  }

  #find(id: Binary, owner: SessionOwner): Session | undefined {
    const latest = this.#latest
    if (latest !== undefined && isIdOf(id, owner, latest.id)) return latest
    return this.#sessions.get(keyOf(id, owner))
  }

  #add(id: SessionId): Session {
    if (this.#sessions.size >= this.#services.parameters.get('maxSessions')) {
      throw new ServerError(
        'TooManyLogicalSessions',
        `Unable to add session ID ${id.text} into the cache because the number of active sessions is too high`,
      )
    }
    const session = new Session(this.#services, id)
    this.#sessions.set(id.key, session)
    return session
  }
}
