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
    if (steps.length < 2) continue
    const reads = firstReads(steps)
    if (reads.size < 2) continue
    for (const [name, list] of reads) {
      const append = lastAppend(appends, name, list)
      if (append === undefined) continue
      const writer = appends.author[append]!
      if (writer === reader || versions.takesPart[writer] === 0) continue
      const missed = missedWrite(table, appends, versions, writer, reads)
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

/** What a transaction read of each key before it wrote there. */
function firstReads(steps: TransactionTable['operations'][number]): Map<Key, readonly Value[]> {
  const reads = new Map<Key, readonly Value[]>()
  const touched = new Set<Key>()
  for (const step of steps) {
    const name = step[1] as Key
    if (step[0] === 'r' && !touched.has(name)) reads.set(name, (step[2] ?? []) as readonly Value[])
    touched.add(name)
  }
  return reads
}

function lastAppend(appends: Appends, name: Key, list: readonly Value[]): number | undefined {
  const last = list.at(-1)
  return last === undefined ? undefined : appends.keyOf(name).appendOf.get(last)
}

/** A key that `writer` wrote, and of which the reads saw only something older. */
function missedWrite(
  table: TransactionTable,
  appends: Appends,
  versions: VersionOrders,
  writer: number,
  reads: ReadonlyMap<Key, readonly Value[]>,
): Key | undefined {
  for (const step of table.operations[writer]!) {
    if (step[0] !== 'append') continue
    const list = reads.get(step[1])
    if (list === undefined) continue
    const written = appends.keyOf(step[1]).appendOf.get(step[2])!
    const position = versions.position[written]!
    const seen = lastAppend(appends, step[1], list)
    const seenPosition = seen === undefined ? -1 : versions.position[seen]!
    if (list.length > 0 && seenPosition === -1) continue
    if (position === -1 || position > seenPosition) return step[1]
  }
  return undefined
}
