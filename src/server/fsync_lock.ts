import { ServerError } from '../engine/index.ts'
import { type Operation, WaitQueue } from '../sim/index.ts'
import type { Invocation } from './invocation.ts'

/**
 * A wait is cut into slices, because only a bounded wait makes virtual time pass: it must pass for
 * a forgotten transaction to expire.
 */
const WAIT_SLICE_US = 500_000

/**
 * Keeps all writes out, from `fsync` with `lock` until as many `fsyncUnlock`s: the server holds its
 * global lock in shared mode meanwhile. Writes and transactions hold it by intent, so the lock
 * waits for those under way, and newcomers wait behind it; reads go on.
 * Source: fsync.cpp, fsync_locked.h (8.0).
 */
export class FsyncLock {
  readonly #queue = new WaitQueue('fsync lock')
  /** Who was kept out, and has not begun. */
  readonly #outside = new Set<Invocation>()
  #count = 0
  /** Somebody waits for writes to end. */
  #isWanted = false

  get count(): number {
    return this.#count
  }

  get isHeld(): boolean {
    return this.#count > 0
  }

  /** Whether the command must wait before it runs. What began before goes on to its end. */
  keepsOut({ descriptor, inTransaction, options }: Invocation): boolean {
    if (this.#count === 0 && !this.#isWanted) return false
    return inTransaction ? options?.startTransaction === true : descriptor.writes
  }

  *waitOutside(invocation: Invocation): Operation<void> {
    const { op } = invocation
    this.#outside.add(invocation)
    op.waitsForLock = true
    try {
      while (this.keepsOut(invocation)) {
        yield* op.waitFor(this.#queue, 'fsync lock', Number.POSITIVE_INFINITY)
      }
    } finally {
      op.waitsForLock = false
      this.#outside.delete(invocation)
    }
  }

  /**
   * @param timeoutMs how long to wait for others
   * @throws ServerError 24
   */
  *take(invocation: Invocation, timeoutMs: number): Operation<void> {
    const { op } = invocation
    const deadlineUs = op.clock.nowUs() + timeoutMs * 1000
    this.#isWanted = true
    try {
      while (!this.#isQuiet(invocation)) {
        const leftUs = deadlineUs - op.clock.nowUs()
        if (leftUs <= 0) throw timedOut(timeoutMs)
        yield* op.waitFor(this.#queue, 'the end of writes', Math.min(leftUs, WAIT_SLICE_US))
      }
      this.#count++
    } finally {
      this.#isWanted = false
      if (this.#count === 0) this.#queue.notifyAll()
    }
  }

  /** @throws ServerError 20 where it is not held */
  release(): void {
    if (this.#count === 0) {
      throw new ServerError('IllegalOperation', 'fsyncUnlock called when not locked')
    }
    this.#count--
    if (this.#count === 0) this.#queue.notifyAll()
  }

  /** Whether nobody is inside who writes, or might. */
  #isQuiet({ server }: Invocation): boolean {
    const beginners = [...this.#outside].filter(({ inTransaction }) => inTransaction).length
    if (server.services.openTransactions.size > beginners) return false
    for (const one of server.waiting.values()) {
      if (one.descriptor.writes && !this.#outside.has(one)) return false
    }
    return true
  }
}

function timedOut(timeoutMs: number): ServerError {
  return new ServerError(
    'LockTimeout',
    `Fsync lock timed out after ${timeoutMs} milliseconds waiting for writes to end`,
  )
}
