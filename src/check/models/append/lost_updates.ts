/**
 * Lost updates: two transactions that read the same version of a list and both append to it. One of
 * them did not know of the other; where nobody read the list afterwards, no version order and hence
 * no cycle would tell of it.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { Key, MicroOperation, Value } from '../../history/events.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import type { AppendKey, Appends } from './appends.ts'

export function findLostUpdates(
  table: TransactionTable,
  appends: Appends,
  findings: Finding[],
): void {
  /** By key and length of the list read: who read it first, to append to it. */
  const updaters = new Map<AppendKey, Map<Value | undefined, number>>()
  for (let transaction = 0; transaction < table.count; transaction++) {
    if (table.outcome[transaction] !== Outcome.committed) continue
    const steps = table.operations[transaction]!
    if (steps.length < 2) continue
    for (const { name, version } of updates(steps)) {
      const key = appends.keyOf(name)
      let versions = updaters.get(key)
      if (versions === undefined) {
        versions = new Map()
        updaters.set(key, versions)
      }
      const other = versions.get(version)
      if (other === undefined) {
        versions.set(version, transaction)
        continue
      }
      findings.push({
        type: 'lost-update',
        transactions: [other, transaction],
        sentence:
          `T${other} and T${transaction} both read ${JSON.stringify(name)} as it was ` +
          `${version === undefined ? 'at first' : `after ${JSON.stringify(version)}`}, and both appended to it.`,
      })
    }
  }
}

/** The keys that a transaction reads before it appends to them, and the last element it saw. */
function updates(
  steps: readonly MicroOperation[],
): { readonly name: Key; readonly version: Value | undefined }[] {
  const found: { name: Key; version: Value | undefined }[] = []
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at]!
    if (step[0] !== 'r') continue
    let own = false
    for (let before = 0; before < at; before++) own ||= steps[before]![1] === step[1]
    if (own) continue
    for (let after = at + 1; after < steps.length; after++) {
      const other = steps[after]!
      if (other[0] !== 'append' || other[1] !== step[1]) continue
      found.push({ name: step[1], version: (step[2] as readonly Value[] | null)?.at(-1) })
      break
    }
  }
  return found
}
