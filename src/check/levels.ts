/**
 * Isolation levels, and which of them follow from which. Those of a session or strict also keep an
 * order of time: that of each process, or real time.
 *
 * Sources: Adya, Liskov, O'Neil (ICDE 2000); Terry et al.: Session Guarantees (PDIS 1994); Daudjee,
 * Salem: Lazy Database Replication with Snapshot Isolation (VLDB 2006); Biswas, Enea: On the
 * Complexity of Checking Transactional Consistency (OOPSLA 2019).
 */
import type { TimeOrder } from './graph/edges.ts'

interface LevelDescriptor {
  /** Those directly below it: what it promises and more. */
  readonly below: readonly string[]
  readonly promise: string
}

const DESCRIPTORS = {
  'read-uncommitted': {
    below: [],
    promise: 'writes of two transactions are not interleaved (PL-1)',
  },
  'read-committed': {
    below: ['read-uncommitted'],
    promise: 'only what committed is read, and nothing of it before it was final (PL-2)',
  },
  'read-atomic': {
    below: ['read-committed'],
    promise: 'of all that a transaction wrote everything is seen, or nothing',
  },
  'monotonic-reads': {
    below: [],
    promise: 'a process reads no older version than it has read before',
  },
  'read-your-writes': {
    below: [],
    promise: 'a process reads no older version than it has written before',
  },
  'monotonic-writes': {
    below: [],
    promise: 'the writes of a process take place in its order, for everybody',
  },
  'writes-follow-reads': {
    below: [],
    promise: 'whoever sees a write sees what its process had read before it',
  },
  causal: {
    below: [
      'read-atomic',
      'monotonic-reads',
      'read-your-writes',
      'monotonic-writes',
      'writes-follow-reads',
    ],
    promise: 'whoever sees a write sees all that had happened before it',
  },
  'snapshot-isolation': {
    below: ['read-atomic'],
    promise: 'each reads from one snapshot; of two at once that write the same one commits (PL-SI)',
  },
  'repeatable-read': {
    below: ['read-atomic'],
    promise: 'as if one after another, but for what predicates cover (PL-2.99)',
  },
  serializable: {
    below: ['snapshot-isolation', 'repeatable-read'],
    promise: 'as if one after another (PL-3)',
  },
  'strong-session-snapshot-isolation': {
    below: ['snapshot-isolation', 'causal'],
    promise: 'snapshots, each of which has what its process did before',
  },
  'strong-session-serializable': {
    below: ['serializable', 'strong-session-snapshot-isolation'],
    promise: 'as if one after another, each process in its order',
  },
  'strong-snapshot-isolation': {
    below: ['strong-session-snapshot-isolation'],
    promise: 'snapshots, each of which has all that had ended before',
  },
  'strict-serializable': {
    below: ['strong-session-serializable', 'strong-snapshot-isolation'],
    promise: 'as if one after another, in real time',
  },
} as const satisfies Record<string, LevelDescriptor>

export type Level = keyof typeof DESCRIPTORS

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
export const LEVELS = Object.keys(DESCRIPTORS) as readonly Level[]

/** What each level promises, in words. */
export function promiseOf(level: Level): string {
  return DESCRIPTORS[level].promise
}

/** The levels directly below one, all of whose promises it makes as well. */
export function levelsBelow(level: Level): readonly Level[] {
  return DESCRIPTORS[level].below
}

/** For each level, by its number: the bits of those that promise all that it does. */
const AT_LEAST: readonly number[] = LEVELS.map((weaker) =>
  LEVELS.reduce((bits, level, at) => (reaches(level, weaker) ? bits | (1 << at) : bits), 0),
)

const NUMBER: ReadonlyMap<Level, number> = new Map(LEVELS.map((level, at) => [level, at]))

function reaches(stronger: Level, weaker: Level): boolean {
  return stronger === weaker || DESCRIPTORS[stronger].below.some((below) => reaches(below, weaker))
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
