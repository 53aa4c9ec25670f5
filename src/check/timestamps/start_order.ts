/**
 * Snapshot isolation by timestamps: each read sees the newest version committed at or before its
 * transaction's start, and of two that wrote the same object one had committed when the other
 * started. This is what Adya's start-ordered graph comes to (PL-SI bans G-SIa and G-SIb) once the
 * order of versions is that of commits, and takes a sort and a binary search for each read.
 *
 * Sources: Adya, Liskov, O'Neil (ICDE 2000), section 5; Chronos (arXiv 2504.01477).
 */
import type { Finding } from '../anomalies/anomaly.ts'
import type { Key } from '../history/events.ts'
import type { Footprint } from '../models/model.ts'
import type { Timestamps } from './timestamps.ts'

const FINDINGS_MAX = 32

/** The author of what was there from the start. */
const NOBODY = -1

/** @returns what contradicts the timestamps; nothing where all happened as they say */
export function checkStartOrder(
  footprint: Footprint,
  keyName: (key: number) => Key,
  timestamps: Timestamps,
): Finding[] {
  const check = new StartOrder(keyName, timestamps)
  footprint.visitWrites((transaction, key) => check.addWrite(transaction, key))
  check.sortWrites()
  footprint.visitReads((transaction, key, author) => check.checkRead(transaction, key, author))
  return check.findings
}

class StartOrder {
  readonly findings: Finding[] = []
  readonly #keyName: (key: number) => Key
  readonly #timestamps: Timestamps
  /** By key, who wrote it. */
  readonly #writers = new Map<number, number[]>()

  constructor(keyName: (key: number) => Key, timestamps: Timestamps) {
    this.#keyName = keyName
    this.#timestamps = timestamps
  }

  addWrite(transaction: number, key: number): void {
    if (Number.isNaN(this.#timestamps.commit[transaction]!)) return
    const writers = this.#writers.get(key)
    if (writers === undefined) this.#writers.set(key, [transaction])
    else if (writers.at(-1) !== transaction) writers.push(transaction)
  }

  /** By commits; whoever overlaps the one before interferes with it. */
  sortWrites(): void {
    const { start, commit } = this.#timestamps
    for (const [key, writers] of this.#writers) {
      writers.sort((left, right) => commit[left]! - commit[right]!)
      for (let at = 1; at < writers.length; at++) {
        const [before, after] = [writers[at - 1]!, writers[at]!]
        if (commit[before]! <= start[after]! || before === after) continue
        this.#note('G-SIa', [before, after], () => {
          const times = `T${before} committed at ${commit[before]}, T${after} had started at ${start[after]}`
          return `T${before} and T${after} both wrote ${this.#show(key)} at once: ${times}.`
        })
      }
    }
  }

  checkRead(reader: number, key: number, author: number): void {
    const { start, commit } = this.#timestamps
    if (Number.isNaN(start[reader]!)) return
    if (author !== NOBODY && commit[author]! > start[reader]!) {
      this.#note(
        'G-SIa',
        [author, reader],
        () =>
          `T${reader} started at ${start[reader]} and read what T${author} wrote to ` +
          `${this.#show(key)}, which committed only at ${commit[author]}.`,
      )
      return
    }
    const newest = this.#newestAt(key, start[reader]!)
    if (newest === author || newest === reader || newest === NOBODY) return
    // Of whoever has no timestamps it is not known whether they came before.
    if (author !== NOBODY && !(commit[author]! < commit[newest]!)) return
    this.#note(
      'G-SIb',
      [reader, newest],
      () =>
        `T${reader} started at ${start[reader]} and did not see what T${newest} wrote to ` +
        `${this.#show(key)}, which had committed at ${commit[newest]}.`,
    )
  }

  #newestAt(key: number, moment: number): number {
    const { commit } = this.#timestamps
    const writers = this.#writers.get(key)
    if (writers === undefined) return NOBODY
    let low = 0
    let high = writers.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (commit[writers[middle]!]! <= moment) low = middle + 1
      else high = middle
    }
    return low === 0 ? NOBODY : writers[low - 1]!
  }

  #note(type: 'G-SIa' | 'G-SIb', transactions: readonly number[], sentence: () => string): void {
    if (this.findings.length < FINDINGS_MAX) {
      this.findings.push({ type, transactions, sentence: sentence() })
    }
  }

  #show(key: number): string {
    return JSON.stringify(this.#keyName(key))
  }
}
