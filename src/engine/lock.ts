import { invariant } from '../invariant.ts'
import { WaitQueue } from '../sim/index.ts'

/**
 * The lock of one database or collection, as far as documents in memory need it. Reads and writes
 * take it by *intent* (IS, IX), which never conflict with each other: whose write wins is decided
 * by storage, without locks. What changes the catalog takes it *exclusively* (X) and so waits for
 * every statement and every open transaction that holds an intent, and makes newcomers wait behind
 * it.
 */
export class Lock {
  /**
   * For messages: `{Collection, test.demo}`. The server has a hash before the kind, which nobody
   * can foretell.
   */
  readonly resource: string
  /** Intents held now. */
  intents = 0
  /** Held exclusively now. */
  exclusive = false
  /** How many wait to have it exclusively; newcomers queue behind them. */
  exclusiveWaiting = 0
  readonly queue: WaitQueue

  constructor(kind: 'Database' | 'Collection', name: string) {
    this.resource = `{${kind}, ${name}}`
    this.queue = new WaitQueue(`lock on ${name}`)
  }

  get freeForIntent(): boolean {
    return !this.exclusive && this.exclusiveWaiting === 0
  }

  takeIntent(): void {
    invariant(!this.exclusive, 'an intent lock is never taken beside an exclusive one')
    this.intents++
  }

  releaseIntent(): void {
    invariant(this.intents > 0, 'a lock is released as often as it was taken')
    this.intents--
    if (this.intents === 0 && this.queue.size > 0) this.queue.notifyAll()
  }

  releaseExclusive(): void {
    invariant(this.exclusive, 'only an exclusive lock that is held is released')
    this.exclusive = false
    this.queue.notifyAll()
  }
}
