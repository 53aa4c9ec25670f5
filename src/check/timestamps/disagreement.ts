/**
 * What clients saw is one view of a history, the store's timestamps another. Where both are there,
 * they must say the same; a difference is a fault of the store or of who recorded it, whatever the
 * level that was asked for.
 */
import type { Finding } from '../anomalies/anomaly.ts'
import type { AnomalyType } from '../anomalies/table.ts'

/** What single reads give away says nothing of snapshots. */
const OF_SINGLE_READS: ReadonlySet<AnomalyType> = new Set<AnomalyType>([
  'garbage-read',
  'duplicate-elements',
  'incompatible-order',
  'cyclic-versions',
  'predicate-read-miss',
  'dirty-update',
  'G1a',
  'G1b',
  'internal',
  'future-read',
])

export interface BothViews {
  /** What contradicts the timestamps. */
  readonly byTimestamps: readonly Finding[]
  /** Whether all who take part have timestamps. */
  readonly allTimed: boolean
  /** What models and searches found. */
  readonly findings: readonly Finding[]
  /** Whether snapshots explain what clients saw, and whether that is for certain. */
  readonly hasSnapshots: boolean
  readonly complete: boolean
}

/** @returns what is different, in a sentence; undefined where the views agree */
export function disagreementOf(views: BothViews): string | undefined {
  const { byTimestamps, allTimed, findings, hasSnapshots, complete } = views
  if (byTimestamps.length > 0) {
    if (!hasSnapshots || !complete) return undefined
    return (
      'Snapshots explain what clients saw, but not those of the timestamps: ' +
      byTimestamps[0]!.sentence
    )
  }
  if (hasSnapshots || !allTimed || findings.some(({ type }) => OF_SINGLE_READS.has(type))) {
    return undefined
  }
  return 'By the timestamps all read from snapshots, but no snapshots explain what clients saw.'
}
