/**
 * What would help against an anomaly: chosen by what it is, by the kinds of its edges, and by
 * whether it was one transaction at all. The advice is for programs on MongoDB, whose transactions
 * are snapshots, and whose first updater wins.
 */
import { ANOMALIES, type AnomalyType, withoutTime } from '../anomalies/table.ts'
import type { Key } from '../history/events.ts'
import type { Level } from '../levels.ts'
import type { EdgeExplanation } from './explanation.ts'
import { keyText } from './values.ts'

export type RemedyKind = keyof typeof SENTENCES

export interface Remedy {
  readonly kind: RemedyKind
  readonly sentence: string
}

export interface Mended {
  readonly type: AnomalyType
  readonly edges: readonly EdgeExplanation[]
  /** Whether an actor's statements were taken as one transaction without being one. */
  readonly isUnitActor: boolean
}

const SENTENCES = {
  transaction: () =>
    'Put what belongs together into one transaction (session.withTransaction): it reads from one ' +
    'snapshot, and of two that write one document the second is refused with WriteConflict.',
  'atomic-update': (objects: string) =>
    `Change ${objects} in one step, by $inc, $push or findOneAndUpdate, with what you rely on in ` +
    'the filter, instead of writing what was computed from an earlier read.',
  'write-what-you-read': (objects: string) =>
    `Write what you read: a $inc of a revision in ${objects}, or findOneAndUpdate in place of ` +
    'find. Of two transactions that write one document only one can commit.',
  retry: () =>
    'Retry the whole transaction on WriteConflict (the label TransientTransactionError), as ' +
    'withTransaction does: read again, and decide again.',
  'unique-index': () =>
    'Where the rule is that there is one of a kind at most, a unique index holds it.',
  'document-for-predicate': () =>
    'What a query did not find can not be locked: keep one document that stands for it, such as ' +
    'a counter, and write it in every transaction that changes or relies on the answer.',
  'one-snapshot': () =>
    'Read what belongs together in one transaction with read concern snapshot, or within ' +
    'one session with snapshot: true.',
  majority: () =>
    'Read with read concern majority or snapshot, and write with write concern majority: what is ' +
    'not committed, or may be rolled back, is not read then.',
  'causal-session': () =>
    'Let the process use one session with causalConsistency for all that it does, with read and ' +
    'write concern majority.',
  linearizable: () =>
    'Where a read must see all that others had finished, read from the primary with read concern ' +
    'linearizable, or write something in the same transaction with write concern majority.',
  store: () =>
    'No program mends this: the store broke its promise, a write was applied twice, or the ' +
    'history was not recorded as it happened.',
} as const satisfies Record<string, (objects: string) => string>

/** The remedies, the likeliest first. */
export function remediesFor(mended: Mended): Remedy[] {
  const objects = objectsText(mended.edges)
  return kindsFor(mended).map((kind) => ({ kind, sentence: SENTENCES[kind](objects) }))
}

function kindsFor({ type, edges, isUnitActor }: Mended): readonly RemedyKind[] {
  const time = ofTime(type)
  if (time !== undefined) return type.startsWith('G2') ? ['write-what-you-read', time] : [time]
  if (type === 'lost-update' || isLostUpdate(edges)) {
    return ['atomic-update', 'transaction', 'retry']
  }
  if (isUnitActor && ANOMALIES[type].rulesOut.some((level) => SNAPSHOTS.has(level))) {
    return ['transaction', 'retry']
  }
  const chosen = BY_TYPE[withoutTime(type)] ?? byLevel(ANOMALIES[type].rulesOut)
  return isUnitActor ? [...chosen, 'transaction'] : chosen
}

/** Of what is wrong only by an order of time. */
function ofTime(type: AnomalyType): RemedyKind | undefined {
  if (type.endsWith('-realtime')) return 'linearizable'
  return type.endsWith('-process') ? 'causal-session' : undefined
}

/** What a transaction rules out by itself. */
const SNAPSHOTS: ReadonlySet<Level> = new Set([
  'read-uncommitted',
  'read-committed',
  'read-atomic',
  'causal',
  'snapshot-isolation',
])

const BY_TYPE: Partial<Record<AnomalyType, readonly RemedyKind[]>> = {
  'G2-item': ['write-what-you-read', 'retry'],
  G2: ['unique-index', 'document-for-predicate', 'retry'],
  G0: ['store'],
  'G-SIa': ['store'],
  'G-SIb': ['store'],
  G1a: ['majority', 'store'],
  internal: ['store'],
  'future-read': ['store'],
}

/** For what has no entry of its own: by the weakest level that does not have it. */
function byLevel(levels: readonly Level[]): readonly RemedyKind[] {
  if (levels.includes('read-uncommitted')) return ['store']
  if (levels.includes('read-committed')) return ['majority', 'one-snapshot']
  if (levels.includes('read-atomic')) return ['one-snapshot', 'majority']
  if (levels.includes('snapshot-isolation')) return ['one-snapshot', 'majority']
  if (levels.includes('serializable') || levels.includes('repeatable-read')) {
    return ['write-what-you-read', 'retry']
  }
  return ['causal-session']
}

/** Everybody reads and overwrites the same object. */
function isLostUpdate(edges: readonly EdgeExplanation[]): boolean {
  if (edges.length !== 2 || edges[0]!.key !== edges[1]!.key) return false
  const kinds = edges.map(({ kind }) => kind)
  return kinds.includes('rw') && !kinds.includes('wr')
}

/** Those that were read and then overwritten, by name. */
function objectsText(edges: readonly EdgeExplanation[]): string {
  const keys = new Set<Key>()
  for (const { kind, key } of edges) if (kind === 'rw' && key !== undefined) keys.add(key)
  const names = [...keys].map(keyText)
  if (names.length === 0 || names.length > NAMES_MAX) return 'the document'
  return names.join(' and ')
}

const NAMES_MAX = 2
