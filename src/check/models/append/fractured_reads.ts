/**
 * Fractured reads: a transaction that saw one of another's writes, and of a key which the other
 * wrote as well only something older. Source: Bailis et al.: Scalable Atomic Visibility with RAMP
 * Transactions, SIGMOD 2014, definition 2.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { Key, Value } from '../../history/events.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import type { Appends } from './appends.ts'
import type { VersionOrders } from './version_orders.ts'

const FINDINGS_MAX = 32

export function findFracturedReads(
  table: TransactionTable,
  appends: Appends,
  versions: VersionOrders,
  findings: Finding[],
): void {
  let found = 0
  for (let reader = 0; reader < table.count && found < FINDINGS_MAX; reader++) {
    if (table.outcome[reader] !== Outcome.committed) continue
    const steps = table.operations[reader]!
    const reads = firstReads(steps)
    for (const [name, list] of reads) {
      const append = lastForeign(appends, reader, name, list)
      if (append === undefined) continue
      const writer = appends.author[append]!
      if (versions.takesPart[writer] === 0) continue
      const missed = missedWrite(table, appends, versions, { reader, writer, reads })
      if (missed === undefined) continue
      findings.push({
        type: 'fractured-read',
        transactions: [reader, writer],
        sentence:
          `T${reader} saw what T${writer} appended to ${JSON.stringify(name)}, ` +
          `but not what it appended to ${JSON.stringify(missed)}.`,
      })
      found++
    }
  }
}

/** What a transaction read of each key first. */
function firstReads(steps: TransactionTable['operations'][number]): Map<Key, readonly Value[]> {
  const reads = new Map<Key, readonly Value[]>()
  for (const step of steps) {
    if (step[0] !== 'r' || reads.has(step[1])) continue
    reads.set(step[1], (step[2] ?? []) as readonly Value[])
  }
  return reads
}

/** The last append in a list that is not the reader's own. */
function lastForeign(
  appends: Appends,
  reader: number,
  name: Key,
  list: readonly Value[],
): number | undefined {
  const key = appends.keyOf(name)
  for (let at = list.length - 1; at >= 0; at--) {
    const append = key.appendOf.get(list[at]!)
    if (append !== undefined && appends.author[append] !== reader) return append
  }
  return undefined
}

interface Encounter {
  readonly reader: number
  readonly writer: number
  readonly reads: ReadonlyMap<Key, readonly Value[]>
}

/** A key that the writer wrote, and of which the reader saw only something older. */
function missedWrite(
  table: TransactionTable,
  appends: Appends,
  versions: VersionOrders,
  { reader, writer, reads }: Encounter,
): Key | undefined {
  for (const step of table.operations[writer]!) {
    if (step[0] !== 'append') continue
    const list = reads.get(step[1])
    if (list === undefined) continue
    const written = appends.keyOf(step[1]).appendOf.get(step[2])!
    const position = versions.position[written]!
    const seen = lastForeign(appends, reader, step[1], list)
    const seenPosition = seen === undefined ? -1 : versions.position[seen]!
    if (seen !== undefined && seenPosition === -1) continue
    if (position === -1 || position > seenPosition) return step[1]
  }
  return undefined
}
