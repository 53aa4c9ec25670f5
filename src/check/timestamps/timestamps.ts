/** What a store that is watched from inside adds to a history: when snapshots and commits were. */
import { HistoryError } from '../history/events.ts'
import { Outcome, placeOf, type TransactionTable } from '../history/transaction_table.ts'

/**
 * Moments of the store's own clock, in any unit. A transaction sees what committed at or before its
 * start, and nothing else of others. Both are columns by transaction, `NaN` for who did not commit.
 */
export interface Timestamps {
  readonly start: Float64Array
  /** For who has only read, the start. */
  readonly commit: Float64Array
}

/**
 * @returns undefined where no transaction has any
 * @throws HistoryError where only some of those that committed have them, or one ends before it
 *   began
 */
export function timestampsOf(table: TransactionTable): Timestamps | undefined {
  const { starts, commits } = table
  if (starts === undefined || commits === undefined) return undefined
  const start = new Float64Array(table.count).fill(Number.NaN)
  const commit = new Float64Array(table.count).fill(Number.NaN)
  for (let transaction = 0; transaction < table.count; transaction++) {
    if (table.outcome[transaction] !== Outcome.committed) continue
    if (table.isInitial[transaction] === 1) {
      start[transaction] = commit[transaction] = Number.NEGATIVE_INFINITY
      continue
    }
    const began = starts[transaction]!
    const ended = Number.isNaN(commits[transaction]!) ? began : commits[transaction]!
    const place = placeOf(table, transaction)
    if (Number.isNaN(began)) {
      throw new HistoryError(`${place}: 'start' is missing, though other transactions have one`)
    }
    if (ended < began) {
      throw new HistoryError(`${place}: 'commit' ${ended} is before 'start' ${began}`)
    }
    start[transaction] = began
    commit[transaction] = ended
  }
  return { start, commit }
}
