import { invariant } from '../invariant.ts'

/** Why an operation is to stop: a server error code and its message. */
export interface Interruption {
  readonly code: number
  readonly message: string
}

/**
 * The place where an interruption (killOp, maxTimeMS, expiry, a signal) meets an operation. It
 * stays `pending` until the operation looks; if the operation is asleep interruptibly, it wakes at
 * once. One interruptor serves one operation.
 */
export class Interruptor {
  #pending: Interruption | undefined = undefined
  #wake: (() => void) | undefined = undefined

  /** What was raised; it stays, so that every later interruptible suspension ends at once too. */
  get pending(): Interruption | undefined {
    return this.#pending
  }

  /**
   * The first reason wins; later ones are dropped, as the server keeps the first kill code. Runs
   * nobody: whoever raises from outside of an operation calls `scheduler.drain()` afterwards.
   */
  raise(interruption: Interruption): void {
    if (this.#pending !== undefined) return
    this.#pending = interruption
    this.#wake?.()
  }

  /** The scheduler's half: how to wake the operation, from its suspension until `disarm`. */
  arm(wake: () => void): void {
    invariant(this.#wake === undefined, 'an interruptor serves one suspension at a time')
    this.#wake = wake
  }

  disarm(): void {
    this.#wake = undefined
  }
}
