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

const machineNow = performance.now.bind(performance)
const machineTimeout = globalThis.setTimeout

/**
 * Milliseconds of the machine's own time, from some moment on. Unlike all else here, fake timers
 * that are installed later do not reach this and `machineSleep`: harnesses around a test must come
 * to an end whatever the test does with timers.
 */
export function machineMs(): number {
  return machineNow()
}

/** Resolves after so many milliseconds of the machine's own time; keeps the process alive. */
export function machineSleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    machineTimeout(resolve, ms)
  })
}

/** What browsers and Node.js have in common, and what only Node.js has. */
interface Port {
  postMessage(message: unknown): void
  onmessage: ((event: unknown) => void) | null
  close(): void
  ref?: () => void
  unref?: () => void
}

/**
 * Turns of the macrotask queue. A message channel, because fake timers replace `setImmediate` and
 * `setTimeout` but not this. While a turn is pending it keeps the process alive; otherwise not.
 *
 * Each turn is a message of its own: before it runs, the microtasks of the one before have all run.
 */
export class MacrotaskTurns {
  readonly #pending: (() => void)[] = []
  #receiver: Port | undefined
  #sender: Port | undefined
  #closed = false

  /** Runs `then` after one turn; at once when closed. */
  request(then: () => void): void {
    if (this.#closed) {
      then()
      return
    }
    this.#pending.push(then)
    if (this.#sender === undefined) this.#open()
    this.#receiver?.ref?.()
    this.#sender?.postMessage(0)
  }

  /** Resolves after one turn. */
  next(): Promise<void> {
    return new Promise((resolve) => this.request(resolve))
  }

  /**
   * Makes the turns requested from now on come in another iteration of the event loop. One port
   * hands over up to a thousand messages in a row before timers and sockets are looked at (Node.js,
   * node_messaging.cc); messages to the opposite port wait for the next iteration.
   */
  letEventLoopGoOn(): void {
    const receiver = this.#receiver
    this.#receiver = this.#sender
    this.#sender = receiver
  }

  /** Runs what is pending at once, so that nobody waits for a turn that never comes. */
  close(): void {
    this.#closed = true
    for (const then of this.#pending.splice(0)) then()
    this.#receiver?.close()
    this.#receiver = undefined
    this.#sender = undefined
  }

  #open(): void {
    const channel = new MessageChannel()
    this.#receiver = this.#listen(channel.port1 as unknown as Port)
    this.#sender = this.#listen(channel.port2 as unknown as Port)
  }

  #listen(port: Port): Port {
    port.onmessage = () => {
      const then = this.#pending.shift()
      if (this.#pending.length === 0) {
        this.#receiver?.unref?.()
        this.#sender?.unref?.()
      }
      then?.()
    }
    port.unref?.()
    return port
  }
}
