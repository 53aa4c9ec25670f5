import type { Binary } from 'bson'

/** A logical session's id, as commands carry it: `{ id: UUID }`. */
export type ServerSessionId = { id: Binary }

/** A session as the server knows it. Clients hand it from one `ClientSession` to the next. */
export interface ServerSession {
  readonly id: ServerSessionId
  /** The latest number used, by transactions and retryable writes alike. */
  txnNumber: number
  /** When a command last carried it; epoch milliseconds. */
  lastUse: number
  /** The connection broke while it was in use, so that its state on the server is not known. */
  isDirty: boolean
}

/** `logicalSessionTimeoutMinutes` of the server; a session is given up a minute before. */
const TIMEOUT_MINUTES = 30
const USABLE_MS = (TIMEOUT_MINUTES - 1) * 60_000

/**
 * Server sessions at rest, the latest used first, so that few of them are kept alive
 * (specifications: driver-sessions, "Server Session Pool").
 */
export class ServerSessionPool {
  readonly #mintId: () => Binary
  readonly #nowMs: () => number
  #sessions: ServerSession[] = []

  constructor(mintId: () => Binary, nowMs: () => number) {
    this.#mintId = mintId
    this.#nowMs = nowMs
  }

  acquire(): ServerSession {
    const pooled = this.#sessions.pop()
    // The latest used is the last one to become stale: with it all others are.
    if (pooled !== undefined && this.#isUsable(pooled)) return pooled
    if (pooled !== undefined) this.#sessions = []
    return {
      id: { id: this.#mintId() },
      txnNumber: 0,
      lastUse: this.#nowMs(),
      isDirty: false,
    }
  }

  release(session: ServerSession): void {
    this.#discardStale()
    if (!session.isDirty && this.#isUsable(session)) this.#sessions.push(session)
  }

  /** Empties the pool; returns the ids, for `endSessions`. */
  drain(): ServerSessionId[] {
    const ids = this.#sessions.map((session) => session.id).reverse()
    this.#sessions = []
    return ids
  }

  #discardStale(): void {
    // Most often there is none, and so nothing to copy.
    if (this.#sessions.every((session) => this.#isUsable(session))) return
    this.#sessions = this.#sessions.filter((session) => this.#isUsable(session))
  }

  #isUsable(session: ServerSession): boolean {
    return this.#nowMs() - session.lastUse < USABLE_MS
  }
}
