/**
 * Isolation levels, and which of them follow from which.
 *
 * | level | what it promises |
 * |---|---|
 * | read-uncommitted | writes of transactions are not interleaved |
 * | read-committed | and only what committed is read |
 * | read-atomic | all that a transaction wrote is seen, or nothing of it |
 * | monotonic-reads | a process reads no older version than before |
 * | read-your-writes | nor an older one than it has written |
 * | monotonic-writes | the writes of a process take place in its order |
 * | writes-follow-reads | and what it read before what it wrote then |
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
  'monotonic-reads': [],
  'read-your-writes': [],
  'monotonic-writes': [],
  'writes-follow-reads': [],
  causal: [
    'read-atomic',
    'monotonic-reads',
    'read-your-writes',
    'monotonic-writes',
    'writes-follow-reads',
  ],
  'snapshot-isolation': ['read-atomic'],
  'repeatable-read': ['read-atomic'],
  serializable: ['snapshot-isolation', 'repeatable-read'],
  'strong-session-snapshot-isolation': ['snapshot-isolation', 'causal'],
  'strong-session-serializable': ['serializable', 'strong-session-snapshot-isolation'],
  'strong-snapshot-isolation': ['strong-session-snapshot-isolation'],
  'strict-serializable': ['strong-session-serializable', 'strong-snapshot-isolation'],
} as const satisfies Record<string, readonly string[]>

export type Level = keyof typeof BELOW

/** What a process may expect of its own transactions, one after another. */
export const SESSION_GUARANTEES = [
  'monotonic-reads',
  'read-your-writes',
  'monotonic-writes',
  'writes-follow-reads',
] as const satisfies readonly Level[]

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

/** For each level, by its number: the bits of those that promise all that it does. */
const AT_LEAST: readonly number[] = LEVELS.map((weaker) =>
  LEVELS.reduce((bits, level, at) => (reaches(level, weaker) ? bits | (1 << at) : bits), 0),
)

const NUMBER: ReadonlyMap<Level, number> = new Map(LEVELS.map((level, at) => [level, at]))

function reaches(stronger: Level, weaker: Level): boolean {
  return stronger === weaker || BELOW[stronger].some((below) => reaches(below, weaker))
}

/** Whether whatever holds `stronger` holds `weaker`. */
export function implies(stronger: Level, weaker: Level): boolean {
  return (AT_LEAST[NUMBER.get(weaker)!]! & (1 << NUMBER.get(stronger)!)) !== 0
}

/** Whether a history that is wrong about some levels still holds another. */
export function holdsWithout(ruledOut: Iterable<Level>, level: Level): boolean {
  return (bitsOf(ruledOut) & (1 << NUMBER.get(level)!)) === 0
}

/** Which levels a history holds, given the weakest ones that its anomalies rule out. */
export function levelsWithout(ruledOut: Iterable<Level>): Record<Level, boolean> {
  const broken = bitsOf(ruledOut)
  const holds = {} as Record<Level, boolean>
  for (let at = 0; at < LEVELS.length; at++) holds[LEVELS[at]!] = (broken & (1 << at)) === 0
  return holds
}

function bitsOf(ruledOut: Iterable<Level>): number {
  let bits = 0
  for (const level of ruledOut) bits |= AT_LEAST[NUMBER.get(level)!]!
  return bits
}
