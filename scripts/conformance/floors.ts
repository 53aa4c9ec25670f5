import type { Row } from './report/tally.ts'

/**
 * The share of its tests that each specification must pass, of those run; it only goes up. All of
 * them did when this was written, but for what `docs/conformance.md` lists; the rest is for one
 * test that real time spoils on a busy machine.
 */
const FLOORS: Readonly<Record<string, number>> = {
  'causal-consistency': 0.94,
  'change-streams': 0.98,
  'client-backpressure': 0.98,
  'client-side-operations-timeout': 0.98,
  'collection-management': 0.62,
  'command-logging-and-monitoring': 0.98,
  crud: 0.99,
  gridfs: 0.97,
  'index-management': 0.94,
  'read-write-concern': 0.9,
  'retryable-reads': 0.99,
  'retryable-writes': 0.98,
  'run-command': 0.94,
  'server-discovery-and-monitoring': 0.82,
  sessions: 0.95,
  transactions: 0.98,
  'transactions-convenient-api': 0.96,
  'unified-test-format': 0.98,
  'versioned-api': 0.97,
}

/** A sentence for each specification that is below its floor. */
export function belowFloor(rows: readonly Row[]): string[] {
  return rows.flatMap(({ folder, share }) => {
    const floor = FLOORS[folder]
    if (floor === undefined || share >= floor) return []
    return [`${folder} passes ${percent(share)} of its tests; its floor is ${percent(floor)}.`]
  })
}

/** With one decimal, rounded down: 100 % is all of them. */
export function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`
}
