import type { CaseResult } from './outcome.ts'

/** One line on a terminal that says how far the run has come; nothing elsewhere. */
export class Progress {
  readonly #total: number
  #done = 0
  #failed = 0

  constructor(total: number) {
    this.#total = total
  }

  note({ folder, verdict }: CaseResult): void {
    this.#done++
    if (verdict.kind === 'failed') this.#failed++
    if (!process.stderr.isTTY) return
    const line = `${this.#done} of ${this.#total} tests, ${this.#failed} failed (${folder})`
    process.stderr.write(`\r\x1b[K${line}`)
  }

  clear(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }
}
