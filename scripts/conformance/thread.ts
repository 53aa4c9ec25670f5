import { failAfter } from './observed_client.ts'
import { Failure } from './outcome.ts'

const WAIT_MS = 10_000

/** A "thread" of a test: operations one after another, beside those of the test itself. */
export class TestThread {
  #last: Promise<void> = Promise.resolve()

  /** Begins as soon as what was given before has ended; the first failure is kept. */
  run(operation: () => Promise<void>): void {
    this.#last = this.#last.then(operation)
    // It is looked at when the test waits for the thread.
    this.#last.catch(() => undefined)
  }

  /** @throws whatever failed on it; Failure after ten seconds */
  async join(): Promise<void> {
    await Promise.race([this.#last, failAfter(WAIT_MS, new Failure('the thread did not end'))])
  }
}
