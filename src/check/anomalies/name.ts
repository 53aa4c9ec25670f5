/**
 * What people call an anomaly: the types are classes of cycles, and one class may have several
 * names. A lost update, for one, is a G-single whose two edges are about the same object.
 *
 * Sources: Berenson et al.: A Critique of ANSI SQL Isolation Levels (SIGMOD 1995); Fekete, O'Neil,
 * O'Neil: A Read-Only Transaction Anomaly Under Snapshot Isolation (SIGMOD Record 33(3), 2004).
 */
import type { Cycle } from '../cycles/cycle.ts'
import { type AnomalyType, withoutTime } from './table.ts'

const NAMES: Partial<Record<AnomalyType, string>> = {
  G0: 'dirty write',
  G1a: 'aborted read',
  G1b: 'intermediate read',
  G1c: 'circular information flow',
  'G-single': 'read skew',
  'G-nonadjacent': 'long fork',
  'G2-item': 'write skew',
  G2: 'predicate write skew',
  'G-SIa': 'interference',
  'G-SIb': 'missed effects',
  internal: 'internal inconsistency',
  causality: 'causality violation',
}

/** @param isReadOnly whether a cycle exists only by a transaction that wrote nothing */
export function nameOf(type: AnomalyType, cycle?: Cycle, isReadOnly = false): string {
  const base = withoutTime(type)
  if (base === 'G2-item' && isReadOnly) return 'read-only anomaly'
  if (base === 'G-single' && cycle !== undefined) {
    const data = cycle.edges.filter(({ kind }) => kind !== 'process' && kind !== 'realtime')
    if (data.length === 1) return 'stale read'
    const [one, other] = data
    const isUpdate = data.length === 2 && data.some(({ kind }) => kind === 'ww')
    if (isUpdate && one!.about === other!.about) return 'lost update'
    if (data.some(({ predicate }) => predicate)) return 'phantom'
  }
  return NAMES[base] ?? base.replaceAll('-', ' ')
}
