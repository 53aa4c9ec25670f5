/**
 * The only file that touches the machine's own time and event loop. Globals are looked up at each
 * call, so that fake timers installed later (vitest, sinon) are obeyed by the real clock.
 */

/** Wall-clock microseconds since the epoch, with the millisecond resolution of `Date`. */
export function wallClockUs(): number {
  return Date.now() * 1000
}

export interface RealTimer {
  cancel(): void
}

/**
 * @param options.keepAlive whether a pending timer keeps the process from ending
 */
export function afterRealMs(
  ms: number,
  fire: () => void,
  options: { readonly keepAlive: boolean },
): RealTimer {
  const handle = setTimeout(fire, ms)
  if (!options.keepAlive && typeof handle === 'object') {
    ;(handle as { unref?: () => void }).unref?.()
  }
  return { cancel: () => clearTimeout(handle) }
}

interface Port {
  postMessage(message: unknown): void
  onmessage: ((event: unknown) => void) | null
  ref?: () => void
  unref?: () => void
}

/**
 * One turn of the macrotask queue. A message channel, because fake timers replace `setImmediate` and
 * `setTimeout` but not this. While a turn is pending it keeps the process alive; otherwise not.
 */
export class MacrotaskTurns {
  #pending: (() => void)[] = []
  #receiver: Port | undefined
  #sender: Port | undefined

  request(then: () => void): void {
    this.#pending.push(then)
    if (this.#pending.length > 1) return
    if (this.#sender === undefined) this.#open()
    this.#receiver?.ref?.()
    this.#sender?.postMessage(0)
  }

  /** Resolves after one turn. */
  next(): Promise<void> {
    return new Promise((resolve) => this.request(resolve))
  }

  close(): void {
    this.#pending = []
    ;(this.#receiver as { close?: () => void } | undefined)?.close?.()
    this.#receiver = undefined
    this.#sender = undefined
  }

  #open(): void {
    const channel = new MessageChannel()
    this.#receiver = channel.port1 as unknown as Port
    this.#sender = channel.port2 as unknown as Port
    this.#receiver.onmessage = () => {
      const turns = this.#pending
      this.#pending = []
      for (const turn of turns) turn()
      if (this.#pending.length === 0) this.#receiver?.unref?.()
    }
  }
}
