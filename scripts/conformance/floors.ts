/**
 * The share of its applicable tests that each specification must pass; they only go up. What is
 * left out counts as applicable.
 */
import type { Row } from './report/tally.ts'

const FLOORS: Readonly<Record<string, number>> = {
  crud: 0.68,
  'retryable-writes': 0.97,
  sessions: 0.94,
  transactions: 0.98,
  'transactions-convenient-api': 1,
}

/** A sentence for each specification that is below its floor. */
export function belowFloor(rows: readonly Row[]): string[] {
  return rows.flatMap(({ folder, share }) => {
    const floor = FLOORS[folder]
    if (floor === undefined || share >= floor) return []
    return [
      `${folder} passes ${percent(share)} of its applicable tests; its floor is ${percent(floor)}.`,
    ]
  })
}

/** With one decimal, rounded down: 100 % is all of them. */
export function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`
}
