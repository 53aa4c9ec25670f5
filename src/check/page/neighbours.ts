/** Who is shown beside those of the cycle: everybody where they are few, else who came close. */
import type { ToldHistory } from '../explain/told_history.ts'

/** A history so small is shown whole. */
const SMALL = { transactions: 14, lanes: 6 } as const
const NEIGHBOURS_MAX = 10
/** So far the one before and the one after are looked for. */
const SEARCH_MAX = 4096

/** Transactions in the order of their beginnings, none of those given. */
export function neighboursOf(given: readonly number[], history: ToldHistory): number[] {
  const known = new Set(given)
  if (history.count <= SMALL.transactions && history.lanes.length <= SMALL.lanes) {
    return Array.from({ length: history.count }, (_, at) => at).filter((one) => !known.has(one))
  }
  const found = new Set<number>()
  for (const transaction of given) {
    for (const step of [-1, 1]) {
      const near = nextOnLane(transaction, step, history)
      if (near !== undefined && !known.has(near)) found.add(near)
    }
  }
  return [...found].sort((left, right) => left - right).slice(0, NEIGHBOURS_MAX)
}

/** The one before or after it of the same process. */
function nextOnLane(transaction: number, step: number, history: ToldHistory): number | undefined {
  const lane = history.laneOf(transaction)
  for (let away = 1; away <= SEARCH_MAX; away++) {
    const at = transaction + away * step
    if (at < 0 || at >= history.count) return undefined
    if (history.laneOf(at) === lane) return at
  }
  return undefined
}
