/**
 * Fractured reads: a transaction that saw one of another's writes, and of a key which the other
 * wrote as well only something older. Source: Bailis et al.: Scalable Atomic Visibility with RAMP
 * Transactions, SIGMOD 2014, definition 2.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import { type Appends, READ } from './appends.ts'
import { INITIAL } from './reads.ts'
import { UNREAD, type VersionOrders } from './version_orders.ts'

const FINDINGS_MAX = 32

/** @param seen by step, the version that a read saw */
export function findFracturedReads(
  table: TransactionTable,
  appends: Appends,
  versions: VersionOrders,
  seen: Int32Array,
  findings: Finding[],
): void {
  const search = new FracturedReads(appends, versions, seen)
  let found = 0
  for (let reader = 0; reader < table.count && found < FINDINGS_MAX; reader++) {
    if (table.outcome[reader] !== Outcome.committed) continue
    search.noteReadsOf(reader)
    for (let step = appends.firstStep[reader]!; step < appends.firstStep[reader + 1]!; step++) {
      const missed = search.missedBy(reader, step)
      if (missed < 0) continue
      const writer = appends.author[seen[step]!]!
      findings.push({
        type: 'fractured-read',
        transactions: [reader, writer],
        sentence:
          `T${reader} saw what T${writer} appended to ${nameOf(appends, appends.stepKey[step]!)}, ` +
          `but not what it appended to ${nameOf(appends, missed)}.`,
      })
      found++
    }
  }
}

class FracturedReads {
  readonly #appends: Appends
  readonly #versions: VersionOrders
  readonly #seen: Int32Array
  /** By key: the step that last read it first in its transaction, and whose step that is. */
  readonly #firstRead: Int32Array
  readonly #firstReader: Int32Array

  constructor(appends: Appends, versions: VersionOrders, seen: Int32Array) {
    this.#appends = appends
    this.#versions = versions
    this.#seen = seen
    this.#firstRead = new Int32Array(appends.keys.length)
    this.#firstReader = new Int32Array(appends.keys.length).fill(-1)
  }

  noteReadsOf(reader: number): void {
    const { firstStep, stepAppend, stepKey } = this.#appends
    for (let step = firstStep[reader]!; step < firstStep[reader + 1]!; step++) {
      const key = stepKey[step]!
      if (stepAppend[step] !== READ || this.#firstReader[key] === reader) continue
      this.#firstReader[key] = reader
      this.#firstRead[key] = step
    }
  }

  /** @returns a key that the writer whom a read saw wrote as well, and the reader missed; or -1 */
  missedBy(reader: number, step: number): number {
    const { author, firstStep, stepAppend, stepKey } = this.#appends
    const { position, takesPart } = this.#versions
    const version = this.#seen[step]!
    if (version === INITIAL || this.#firstRead[stepKey[step]!] !== step) return -1
    const writer = author[version]!
    if (takesPart[writer] === 0) return -1
    for (let wrote = firstStep[writer]!; wrote < firstStep[writer + 1]!; wrote++) {
      const append = stepAppend[wrote]!
      const key = stepKey[wrote]!
      if (append === READ || this.#firstReader[key] !== reader) continue
      const seen = this.#seen[this.#firstRead[key]!]!
      const place = seen === INITIAL ? -1 : position[seen]!
      if (position[append] === UNREAD || position[append]! > place) return key
    }
    return -1
  }
}

function nameOf({ keys }: Appends, key: number): string {
  return JSON.stringify(keys[key]!.name)
}
