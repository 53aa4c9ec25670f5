/**
 * What can be wrong with a history, and the weakest isolation level that rules it out. Everything
 * stronger rules it out too; see `levels.ts`.
 *
 * The names are those of Adya (G0 to G2), of Elle for what a list or register gives away besides,
 * and of Berenson et al. for the lost update.
 */
import type { Level } from '../levels.ts'

export interface AnomalyDescriptor {
  /** The weakest levels that rule it out; none where it needs timestamps to be seen. */
  readonly rulesOut: readonly Level[]
  readonly meaning: string
}

const CYCLES = {
  G0: { rulesOut: ['read-uncommitted'], meaning: 'dirty writes: a cycle of ww edges' },
  G1c: { rulesOut: ['read-committed'], meaning: 'circular information flow: ww and wr edges' },
  'G-single': {
    rulesOut: ['snapshot-isolation', 'serializable'],
    meaning: 'read skew: a cycle with exactly one rw edge',
  },
  'G-nonadjacent': {
    rulesOut: ['snapshot-isolation', 'serializable'],
    meaning: 'long fork: a cycle with several rw edges, no two of them in a row',
  },
  'G2-item': {
    rulesOut: ['repeatable-read'],
    meaning: 'write skew: a cycle with two rw edges in a row',
  },
  G2: {
    rulesOut: ['serializable'],
    meaning: 'write skew by way of a predicate: a cycle with two rw edges in a row',
  },
} as const satisfies Record<string, AnomalyDescriptor>

const WITH_PROCESS = {
  'G0-process': { rulesOut: ['causal'], meaning: CYCLES.G0.meaning },
  'G1c-process': { rulesOut: ['causal'], meaning: CYCLES.G1c.meaning },
  'G-single-process': {
    rulesOut: ['strong-session-snapshot-isolation'],
    meaning: CYCLES['G-single'].meaning,
  },
  'G-nonadjacent-process': {
    rulesOut: ['strong-session-snapshot-isolation'],
    meaning: CYCLES['G-nonadjacent'].meaning,
  },
  'G2-item-process': {
    rulesOut: ['strong-session-serializable'],
    meaning: CYCLES['G2-item'].meaning,
  },
  'G2-process': { rulesOut: ['strong-session-serializable'], meaning: CYCLES.G2.meaning },
} as const satisfies Record<string, AnomalyDescriptor>

const WITH_REALTIME = {
  'G0-realtime': { rulesOut: ['strong-snapshot-isolation'], meaning: CYCLES.G0.meaning },
  'G1c-realtime': { rulesOut: ['strong-snapshot-isolation'], meaning: CYCLES.G1c.meaning },
  'G-single-realtime': {
    rulesOut: ['strong-snapshot-isolation'],
    meaning: CYCLES['G-single'].meaning,
  },
  'G-nonadjacent-realtime': {
    rulesOut: ['strong-snapshot-isolation'],
    meaning: CYCLES['G-nonadjacent'].meaning,
  },
  'G2-item-realtime': { rulesOut: ['strict-serializable'], meaning: CYCLES['G2-item'].meaning },
  'G2-realtime': { rulesOut: ['strict-serializable'], meaning: CYCLES.G2.meaning },
} as const satisfies Record<string, AnomalyDescriptor>

/** What a search for cycles never finds, since one transaction or one list gives it away. */
const DIRECT = {
  'garbage-read': { rulesOut: ['read-uncommitted'], meaning: 'a value that nobody wrote' },
  'duplicate-elements': {
    rulesOut: ['read-uncommitted'],
    meaning: 'a list that has an element twice',
  },
  'incompatible-order': {
    rulesOut: ['read-uncommitted'],
    meaning: 'two lists of one key, neither of which begins with the other',
  },
  'cyclic-versions': {
    rulesOut: ['read-uncommitted'],
    meaning: 'versions of a key that come before themselves',
  },
  'predicate-read-miss': {
    rulesOut: ['read-committed'],
    meaning: 'a predicate read without an object that it must have seen',
  },
  'dirty-update': {
    rulesOut: ['read-committed'],
    meaning: 'a committed write on top of an aborted one',
  },
  G1a: { rulesOut: ['read-committed'], meaning: 'a read of an aborted write' },
  G1b: { rulesOut: ['read-committed'], meaning: 'a read of a write that was not its last' },
  internal: {
    rulesOut: ['read-atomic'],
    meaning: 'a transaction that contradicts its own earlier steps',
  },
  'future-read': {
    rulesOut: ['read-atomic'],
    meaning: 'a read of what the same transaction writes only later',
  },
  'fractured-read': {
    rulesOut: ['read-atomic'],
    meaning: 'a transaction of which one write was seen and another was not',
  },
  causality: {
    rulesOut: ['causal'],
    meaning: 'a read that misses a write which happened before, by what the process had seen',
  },
  'non-monotonic-reads': {
    rulesOut: ['monotonic-reads'],
    meaning: 'a process that read an older version than it had read before',
  },
  'own-write-missed': {
    rulesOut: ['read-your-writes'],
    meaning: 'a process that read an older version than it had written before',
  },
  'non-monotonic-writes': {
    rulesOut: ['monotonic-writes'],
    meaning: 'writes of one process that took place in another order',
  },
  'write-without-its-reads': {
    rulesOut: ['writes-follow-reads'],
    meaning: 'a write that was there without what its process had read before',
  },
  'lost-update': {
    rulesOut: ['snapshot-isolation', 'repeatable-read'],
    meaning: 'two transactions that read the same version of an object, and both overwrote it',
  },
  'G-SIa': {
    rulesOut: [],
    meaning: 'interference: by the timestamps, a dependency on who had not committed at the start',
  },
  'G-SIb': {
    rulesOut: [],
    meaning: 'missed effects: by the timestamps, a read without what had committed at its start',
  },
  unserializable: {
    // Only models without predicates have a search.
    rulesOut: ['serializable', 'repeatable-read'],
    meaning: 'no order of all transactions explains what they read',
  },
  'unserializable-process': {
    rulesOut: ['strong-session-serializable'],
    meaning: 'no order of all transactions that keeps that of each process explains their reads',
  },
  'unserializable-realtime': {
    rulesOut: ['strict-serializable'],
    meaning: 'no order of all transactions that keeps real time explains what they read',
  },
  'no-snapshots': {
    rulesOut: ['snapshot-isolation'],
    meaning: 'no snapshots and order of commits explain what was read',
  },
  'no-snapshots-process': {
    rulesOut: ['strong-session-snapshot-isolation'],
    meaning: 'no snapshots and commits that keep the order of each process explain what was read',
  },
  'no-snapshots-realtime': {
    rulesOut: ['strong-snapshot-isolation'],
    meaning: 'no snapshots and commits that keep real time explain what was read',
  },
} as const satisfies Record<string, AnomalyDescriptor>

const ALL = { ...DIRECT, ...CYCLES, ...WITH_PROCESS, ...WITH_REALTIME } as const

export type CycleClass = keyof typeof CYCLES

export type AnomalyType = keyof typeof ALL

export const ANOMALIES: Readonly<Record<AnomalyType, AnomalyDescriptor>> = ALL

/** The type of the same anomaly if it needed no order of time. */
export function withoutTime(type: AnomalyType): AnomalyType {
  const base = type.replace(/-(process|realtime)$/, '')
  return Object.hasOwn(ALL, base) ? (base as AnomalyType) : type
}
