/**
 * The levels of registers by their definitions, as `lists.ts` has them for lists. The order of
 * versions is that of commits, so every order of commits is tried.
 */
import {
  type HistoryEvent,
  LEVELS,
  type Level,
  type MicroOperation,
  type Value,
} from '../../../src/check/index.ts'
import { allOrders, guarantees, type Touch } from './guarantees.ts'
import { hasSnapshots, isSerializable, permutations, type State } from './placing.ts'
import { comesBefore, type Outcome, outcomes, type Time, type Tx } from './transactions.ts'

export type Initial = Readonly<Record<string, Value>>

/** A level holds if it does in any of the ways in which unknown outcomes may have come out. */
export function bruteForceRegisters(
  events: readonly HistoryEvent[],
  initial: Initial,
): Record<Level, boolean> {
  const ways = outcomes(events, (read, value) => read[2] === value).map((way) =>
    levelsOf(way, initial),
  )
  const any = (level: Level) => ways.some((levels) => levels[level])
  return Object.fromEntries(LEVELS.map((level) => [level, any(level)])) as Record<Level, boolean>
}

function levelsOf(outcome: Outcome, initial: Initial): Record<Level, boolean> {
  const { committed } = outcome
  const direct = directViolations(outcome, initial)
  const readUncommitted = !direct.has('read-uncommitted')
  const readCommitted =
    readUncommitted && !direct.has('read-committed') && hasOrder(committed, authorsRead(committed))
  const clean = readCommitted && !direct.has('read-atomic')
  const state: State<Value | null> = new Map(Object.entries(initial))
  const serializable = (time: Time) => clean && isSerializable(committed, time, run, state)
  const snapshots = (time: Time) => clean && hasSnapshots(committed, time, run, state)
  const ser = serializable('none')
  const touchesOf = (tx: Tx) => touches(tx, initial)
  return {
    ...guarantees({ committed, touchesOf }, allOrders(versionsOf(committed))),
    'read-uncommitted': readUncommitted,
    'read-committed': readCommitted,
    'read-atomic': clean && hasCommitOrder(committed, false),
    causal: clean && hasCommitOrder(committed, true),
    'snapshot-isolation': snapshots('none'),
    'repeatable-read': ser,
    serializable: ser,
    'strong-session-snapshot-isolation': snapshots('process'),
    'strong-session-serializable': serializable('process'),
    'strong-snapshot-isolation': snapshots('realtime'),
    'strict-serializable': serializable('realtime'),
  }
}

/** What needs no order at all: the weakest levels that single reads rule out. */
function directViolations({ committed, aborted }: Outcome, initial: Initial): Set<Level> {
  const out = new Set<Level>()
  for (const tx of committed) {
    tx.steps.forEach(([name, key, value], at) => {
      if (name !== 'r') return
      const earlier = tx.steps.slice(0, at).findLast((step) => step[1] === key)
      const isInitial = value === null || value === initial[key]
      const wasInitial = (step: MicroOperation) => step[2] === null || step[2] === initial[key]
      if (earlier !== undefined && earlier[2] !== value) {
        if (!isInitial || !wasInitial(earlier)) out.add('read-atomic')
      }
      if (isInitial) return
      const writes = (step: MicroOperation) =>
        step[0] === 'w' && step[1] === key && step[2] === value
      if (tx.steps.slice(at).some(writes)) out.add('read-atomic')
      const author = [...committed, ...aborted].find(({ steps }) => steps.some(writes))
      if (author === undefined) out.add('read-uncommitted')
      else if (aborted.includes(author)) out.add('read-committed')
      else if (author !== tx && written(author, key as string) !== value) out.add('read-committed')
    })
  }
  return out
}

/** What a transaction left in a register; undefined where it did not write it. */
function written({ steps }: Tx, key: string): Value | undefined {
  return steps.findLast((step) => step[0] === 'w' && step[1] === key)?.[2] as Value | undefined
}

/** Reads of what it had not written itself, and the last write to each register. */
function touches(tx: Tx, initial: Initial): Touch[] {
  return tx.steps.flatMap((step, at): Touch[] => {
    const [name, key, value] = step as readonly [string, string, Value | null]
    if (name === 'w') {
      return written(tx, key) === value ? [{ key, version: value, writes: true }] : []
    }
    const isOwn = tx.steps.slice(0, at).some((other) => other[0] === 'w' && other[1] === key)
    return isOwn ? [] : [{ key, version: value === initial[key] ? null : value, writes: false }]
  })
}

function versionsOf(committed: readonly Tx[]): Map<string, Value[]> {
  const versions = new Map<string, Value[]>()
  for (const tx of committed) {
    for (const key of ['x', 'y']) {
      const value = written(tx, key)
      if (value !== undefined) versions.set(key, [...(versions.get(key) ?? []), value])
      else if (!versions.has(key)) versions.set(key, [])
    }
  }
  return versions
}

/** For each transaction whose writes it read. */
function authorsRead(committed: readonly Tx[]): Pair[] {
  return committed.flatMap((reader) =>
    reader.steps.flatMap((read) => {
      const author = authorOf(committed, read)
      return author === undefined || author === reader ? [] : [{ before: author, after: reader }]
    }),
  )
}

function authorOf(committed: readonly Tx[], [name, key, value]: MicroOperation): Tx | undefined {
  if (name !== 'r' || value === null) return undefined
  return committed.find(({ steps }) =>
    steps.some((step) => step[0] === 'w' && step[1] === key && step[2] === value),
  )
}

interface Pair {
  readonly before: Tx
  readonly after: Tx
}

function hasOrder(committed: readonly Tx[], pairs: readonly Pair[]): boolean {
  return permutations(committed).some((order) =>
    pairs.every(({ before, after }) => order.indexOf(before) < order.indexOf(after)),
  )
}

/** A total order of commits by the axiom of read atomic, or of causal consistency. */
function hasCommitOrder(committed: readonly Tx[], causal: boolean): boolean {
  const pairs = [...authorsRead(committed)]
  if (causal) {
    for (const before of committed) {
      for (const after of committed) {
        if (before !== after && comesBefore(before, after, 'process')) pairs.push({ before, after })
      }
    }
  }
  const seenBy = (reader: Tx): Set<Tx> => {
    const seen = new Set<Tx>()
    const look = (tx: Tx): void => {
      for (const { before, after } of pairs) {
        if (after !== tx || seen.has(before)) continue
        seen.add(before)
        if (causal) look(before)
      }
    }
    look(reader)
    return seen
  }
  const implied: Pair[] = []
  for (const reader of committed) {
    for (const read of reader.steps) {
      const key = read[1] as string
      const isOwn = read[0] === 'r' && written(reader, key) !== undefined
      if (read[0] !== 'r' || (isOwn && authorOf(committed, read) === reader)) continue
      for (const other of seenBy(reader)) {
        const author = authorOf(committed, read)
        if (written(other, key) === undefined || other === author) continue
        if (author === undefined || other === reader) return false
        implied.push({ before: other, after: author })
      }
    }
  }
  return hasOrder(committed, [...pairs, ...implied])
}

/** What a transaction leaves behind if it starts from a state; undefined if it read otherwise. */
function run({ steps }: Tx, state: State<Value | null>): State<Value | null> | undefined {
  const own = new Map(state)
  for (const step of steps) {
    const key = String(step[1])
    if (step[0] === 'w') own.set(key, step[2])
    else if ((own.get(key) ?? null) !== step[2] && !(step[2] === null && !own.has(key))) {
      return undefined
    }
  }
  return own
}
