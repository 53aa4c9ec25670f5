/**
 * Isolation levels, and which of them follow from which.
 *
 * | level | what it promises |
 * |---|---|
 * | read-uncommitted | writes of transactions are not interleaved |
 * | read-committed | and only what committed is read |
 * | read-atomic | all that a transaction wrote is seen, or nothing of it |
 * | causal | and whoever sees a write sees what had happened before it |
 * | snapshot-isolation | one snapshot to read from; of two concurrent writers one commits |
 * | repeatable-read | as if one after another, but for predicates (Adya's PL-2.99) |
 * | serializable | as if one after another |
 *
 * `strong-session-...` also keeps the order of each process, `strong-...` and `strict-serializable`
 * real time. Sources: Adya, Liskov, O'Neil (ICDE 2000); Daudjee, Salem: Lazy Database Replication
 * with Snapshot Isolation (VLDB 2006); Biswas, Enea: On the Complexity of Checking Transactional
 * Consistency (OOPSLA 2019).
 */
import type { TimeOrder } from './graph/edges.ts'

/** Each level and those directly below it: what it promises and more. */
const BELOW = {
  'read-uncommitted': [],
  'read-committed': ['read-uncommitted'],
  'read-atomic': ['read-committed'],
  causal: ['read-atomic'],
  'snapshot-isolation': ['read-atomic'],
  'repeatable-read': ['read-atomic'],
  serializable: ['snapshot-isolation', 'repeatable-read'],
  'strong-session-snapshot-isolation': ['snapshot-isolation', 'causal'],
  'strong-session-serializable': ['serializable', 'strong-session-snapshot-isolation'],
  'strong-snapshot-isolation': ['strong-session-snapshot-isolation'],
  'strict-serializable': ['strong-session-serializable', 'strong-snapshot-isolation'],
} as const satisfies Record<string, readonly string[]>

export type Level = keyof typeof BELOW

/** What it rules out to violate snapshot isolation, or serializability alone. */
export const RULED_OUT: Readonly<
  Record<TimeOrder, { readonly snapshots: Level; readonly serializability: Level }>
> = {
  none: { snapshots: 'snapshot-isolation', serializability: 'serializable' },
  process: {
    snapshots: 'strong-session-snapshot-isolation',
    serializability: 'strong-session-serializable',
  },
  realtime: { snapshots: 'strong-snapshot-isolation', serializability: 'strict-serializable' },
}

/** All levels, weaker ones before those that promise more. */
export const LEVELS = Object.keys(BELOW) as readonly Level[]

/** Whether whatever holds `stronger` holds `weaker`. */
export function implies(stronger: Level, weaker: Level): boolean {
  if (stronger === weaker) return true
  return BELOW[stronger].some((below) => implies(below, weaker))
}

/** Which levels a history holds, given the weakest ones that its anomalies rule out. */
export function levelsWithout(ruledOut: Iterable<Level>): Record<Level, boolean> {
  const broken = [...ruledOut]
  const holds = {} as Record<Level, boolean>
  for (const level of LEVELS) holds[level] = !broken.some((weak) => implies(level, weak))
  return holds
}
