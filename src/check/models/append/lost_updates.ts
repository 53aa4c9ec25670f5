/**
 * Lost updates: two transactions that read the same version of a list and both append to it. One of
 * them did not know of the other; where nobody read the list afterwards, no version order and hence
 * no cycle would tell of it.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { Value } from '../../history/events.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import { type Appends, READ } from './appends.ts'
import { INITIAL } from './reads.ts'

const FINDINGS_MAX = 64

/** @param seen by step, the version that a read saw */
export function findLostUpdates(
  table: TransactionTable,
  appends: Appends,
  seen: Int32Array,
  findings: Finding[],
): void {
  /** Who read a version first, to append to it; plus one. The initial ones are by key. */
  const ofVersion = new Int32Array(appends.count)
  const ofInitial = new Int32Array(appends.keys.length)
  let found = 0
  for (let transaction = 0; transaction < table.count && found < FINDINGS_MAX; transaction++) {
    if (table.outcome[transaction] !== Outcome.committed) continue
    const end = appends.firstStep[transaction + 1]!
    for (let step = appends.firstStep[transaction]!; step < end; step++) {
      if (!isUpdate(appends, transaction, step)) continue
      const version = seen[step]!
      const key = appends.stepKey[step]!
      const updaters = version === INITIAL ? ofInitial : ofVersion
      const place = version === INITIAL ? key : version
      const other = updaters[place]! - 1
      if (other < 0) {
        updaters[place] = transaction + 1
        continue
      }
      const list = readAt(table, appends, transaction, step)
      findings.push({
        type: 'lost-update',
        transactions: [other, transaction],
        sentence:
          `T${other} and T${transaction} both read ${JSON.stringify(appends.keys[key]!.name)} as it ` +
          `was ${list.length === 0 ? 'at first' : `after ${JSON.stringify(list.at(-1))}`}, ` +
          'and both appended to it.',
      })
      found++
    }
  }
}

/** Whether a step is the first one on its key, a read, and an append to it follows. */
function isUpdate(appends: Appends, transaction: number, step: number): boolean {
  const { firstStep, stepAppend, stepKey } = appends
  if (stepAppend[step] !== READ) return false
  const key = stepKey[step]
  for (let before = firstStep[transaction]!; before < step; before++) {
    if (stepKey[before] === key) return false
  }
  for (let after = step + 1; after < firstStep[transaction + 1]!; after++) {
    if (stepKey[after] === key && stepAppend[after] !== READ) return true
  }
  return false
}

function readAt(
  table: TransactionTable,
  appends: Appends,
  transaction: number,
  step: number,
): readonly Value[] {
  const read = table.operations[transaction]![step - appends.firstStep[transaction]!]!
  return (read[2] ?? []) as readonly Value[]
}
