/**
 * A first-come-first-served queue of suspended operations: a session that is checked out, a lock, a
 * transaction whose end somebody awaits. Notifying never runs anybody: it moves waiters to the
 * scheduler's run queue.
 */
export class WaitQueue {
  readonly name: string
  readonly #waiters: Set<() => void> = new Set()

  constructor(name: string) {
    this.name = name
  }

  get size(): number {
    return this.#waiters.size
  }

  notifyOne(): void {
    for (const wake of this.#waiters) {
      this.#waiters.delete(wake)
      wake()
      return
    }
  }

  notifyAll(): void {
    if (this.#waiters.size === 0) return
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    for (const wake of waiters) wake()
  }

  /** The scheduler's half. */
  add(wake: () => void): void {
    this.#waiters.add(wake)
  }

  remove(wake: () => void): void {
    this.#waiters.delete(wake)
  }
}
