import type { TransactionTable } from '../history/transaction_table.ts'
import type { SessionView } from './session_view.ts'

/** A version, and who of a session read or wrote it. */
export interface PastStep {
  readonly transaction: number
  readonly version: number
}

/** What each session had read and written, up to any of its transactions. */
export class SessionPast {
  readonly #table: TransactionTable
  readonly #takesPart: Uint8Array
  /** By session and key: each version once, in the order in which they were met. */
  readonly #reads = new Map<string, PastStep[]>()
  readonly #writes = new Map<string, PastStep[]>()

  constructor(table: TransactionTable, takesPart: Uint8Array, view: SessionView) {
    this.#table = table
    this.#takesPart = takesPart
    for (let transaction = 0; transaction < table.count; transaction++) {
      if (takesPart[transaction] === 0) continue
      for (const { key, version, writes } of view.stepsOf(transaction)) {
        const sides = writes ? this.#writes : this.#reads
        const place = this.#place(transaction, key)
        const known = sides.get(place)
        if (known === undefined) sides.set(place, [{ transaction, version }])
        else if (!known.some((step) => step.version === version)) {
          known.push({ transaction, version })
        }
      }
    }
  }

  knows(transaction: number): boolean {
    return this.#takesPart[transaction] === 1
  }

  sessionOf(transaction: number): number {
    return this.#table.process[transaction]!
  }

  /** What a session had read of a key when a transaction of it began. */
  readsBefore(transaction: number, key: number): readonly PastStep[] {
    return upTo(this.#reads.get(this.#place(transaction, key)), transaction - 1)
  }

  /** And when it ended. */
  readsUpTo(transaction: number, key: number): readonly PastStep[] {
    return upTo(this.#reads.get(this.#place(transaction, key)), transaction)
  }

  /** What a session had written to a key when a transaction of it began. */
  writesBefore(transaction: number, key: number): readonly PastStep[] {
    return upTo(this.#writes.get(this.#place(transaction, key)), transaction - 1)
  }

  #place(transaction: number, key: number): string {
    return `${this.#table.process[transaction]} ${key}`
  }
}

function upTo(steps: readonly PastStep[] | undefined, transaction: number): readonly PastStep[] {
  if (steps === undefined) return NOTHING
  let end = steps.length
  while (end > 0 && steps[end - 1]!.transaction > transaction) end--
  return end === steps.length ? steps : steps.slice(0, end)
}

const NOTHING: readonly PastStep[] = []
