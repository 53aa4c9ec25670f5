import type { Key } from '../check/index.ts'
import type { Random } from '../sim/index.ts'
import { KeyPool } from './keys.ts'
import type { Step, TransactionSource, WorkloadTransaction } from './workload.ts'

const STEPS_MAX = 4
const READS_AT_ONCE = 8

/** Transactions of one to four steps, half of them reads. */
export function mixedSource(
  random: Random,
  write: (key: Key, value: number) => Step,
): TransactionSource {
  const keys = new KeyPool(random)
  return {
    next() {
      const steps: Step[] = []
      for (let left = 1 + random.below(STEPS_MAX); left > 0; left--) {
        if (random.below(2) === 0) {
          steps.push(['r', keys.any()])
          continue
        }
        const { key, value } = keys.write()
        steps.push(write(key, value))
      }
      return steps
    },
    last: () => readsOf(keys.all()),
  }
}

/** Reads of all keys, a few in each transaction. */
export function readsOf(keys: readonly Key[]): WorkloadTransaction[] {
  const transactions: WorkloadTransaction[] = []
  for (let at = 0; at < keys.length; at += READS_AT_ONCE) {
    transactions.push(keys.slice(at, at + READS_AT_ONCE).map((key) => ['r', key]))
  }
  return transactions
}
