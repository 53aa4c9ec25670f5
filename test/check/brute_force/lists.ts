/**
 * The levels by their definitions: every order of commits, every placing of snapshots, every order
 * of versions is tried. For histories of a handful of transactions, and by nothing that the judge
 * uses.
 */
import { type HistoryEvent, LEVELS, type Level, type Value } from '../../../src/check/index.ts'
import { guarantees, type Touch } from './guarantees.ts'
import { hasSnapshots, isSerializable, permutations, type State } from './placing.ts'
import { type Outcome, outcomes, type Time, type Tx } from './transactions.ts'

/** A level holds if it does in any of the ways in which unknown outcomes may have come out. */
export function bruteForceLists(events: readonly HistoryEvent[]): Record<Level, boolean> {
  const ways = outcomes(events, (read, value) =>
    ((read[2] ?? []) as readonly Value[]).includes(value),
  ).map(levelsOf)
  const any = (level: Level) => ways.some((levels) => levels[level])
  return Object.fromEntries(LEVELS.map((level) => [level, any(level)])) as Record<Level, boolean>
}

function levelsOf({ committed, aborted }: Outcome): Record<Level, boolean> {
  const direct = directViolations(committed, aborted)
  const orders = direct.has('read-uncommitted') ? [] : versionOrders(committed)
  const uncommitted = orders.some((order) => !hasCycle(committed, order, ['ww'], 'none'))
  const readCommitted =
    !direct.has('read-committed') &&
    orders.some((order) => !hasCycle(committed, order, ['ww', 'wr'], 'none'))
  const clean = readCommitted && !direct.has('read-atomic')
  const serializable = (time: Time) => clean && isSerializable(committed, time, run, new Map())
  const snapshots = (time: Time) => clean && hasSnapshots(committed, time, run, new Map())
  const ser = serializable('none')
  return {
    ...guarantees({ committed, touchesOf: touchesIn(committed) }, byKey(orders)),
    'read-uncommitted': uncommitted,
    'read-committed': readCommitted,
    'read-atomic': clean && orders.some((order) => hasCommitOrder(committed, order, false)),
    causal: clean && orders.some((order) => hasCommitOrder(committed, order, true)),
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
function directViolations(committed: readonly Tx[], aborted: readonly Tx[]): Set<Level> {
  const out = new Set<Level>()
  const reads = committed.flatMap(({ id, steps }) =>
    listsRead(steps).map((read) => ({ id, ...read })),
  )
  for (const { id, key, list, own, later } of reads) {
    if (new Set(list).size < list.length) out.add('read-uncommitted')
    for (const other of reads) {
      if (other.key === key && !isPrefix(list, other.list) && !isPrefix(other.list, list)) {
        out.add('read-uncommitted')
      }
    }
    list.forEach((element, at) => {
      const author = [...committed, ...aborted].find((tx) => appends(tx, key).includes(element))
      if (author === undefined) out.add('read-uncommitted')
      else if (aborted.includes(author)) out.add('read-committed')
      else if (author.id !== id && at === list.length - 1) {
        if (appends(author, key).at(-1) !== element) out.add('read-committed')
      }
    })
    if (later.some((element) => list.includes(element))) out.add('read-atomic')
    if (own !== undefined && !agrees(list, own)) out.add('read-atomic')
  }
  return out
}

interface ListRead {
  readonly key: string
  readonly list: readonly Value[]
  /** What the transaction's own steps say of it: all of it, or its end. */
  readonly own: { readonly list: readonly Value[]; readonly whole: boolean } | undefined
  readonly later: readonly Value[]
}

function listsRead(steps: Tx['steps']): ListRead[] {
  const known = new Map<string, { list: readonly Value[]; whole: boolean }>()
  const reads: ListRead[] = []
  steps.forEach((step, at) => {
    const key = String(step[1])
    const own = known.get(key)
    if (step[0] === 'append') {
      known.set(key, { list: [...(own?.list ?? []), step[2]], whole: own?.whole ?? false })
    } else if (step[0] === 'r') {
      const list = (step[2] ?? []) as readonly Value[]
      const later = steps
        .slice(at)
        .flatMap((s) => (s[0] === 'append' && s[1] === key ? [s[2]] : []))
      reads.push({ key, list, own, later })
      known.set(key, { list, whole: true })
    }
  })
  return reads
}

function agrees(list: readonly Value[], own: { list: readonly Value[]; whole: boolean }): boolean {
  if (own.whole) return list.length === own.list.length && isPrefix(list, own.list)
  return (
    isPrefix(own.list, list.slice(list.length - own.list.length)) && list.length >= own.list.length
  )
}

function isPrefix(list: readonly Value[], longer: readonly Value[]): boolean {
  return list.length <= longer.length && list.every((element, at) => element === longer[at])
}

function appends({ steps }: Tx, key: string): Value[] {
  return steps.flatMap((step) => (step[0] === 'append' && step[1] === key ? [step[2]] : []))
}

/** The version of a list is its last element, but for the reader's own. */
function touchesIn(committed: readonly Tx[]): (tx: Tx) => Touch[] {
  const authorOf = (key: string, element: Value) =>
    committed.find((tx) => appends(tx, key).includes(element))
  return (tx) =>
    tx.steps.flatMap((step): Touch[] => {
      const key = String(step[1])
      if (step[0] === 'append') {
        if (appends(tx, key).at(-1) !== step[2]) return []
        return [{ key, version: step[2], writes: true }]
      }
      const list = (step[2] ?? []) as readonly Value[]
      const version = list.findLast((element) => authorOf(key, element) !== tx) ?? null
      return [{ key, version, writes: false }]
    })
}

function byKey(orders: readonly Orders[]): Map<string, (readonly Value[])[]> {
  const keys = [...(orders[0]?.keys() ?? [])]
  return new Map(keys.map((key) => [key, orders.map((order) => order.get(key)!)]))
}

type Orders = ReadonlyMap<string, readonly Value[]>

/** For each key every order of its committed elements that begins with all that was read. */
function versionOrders(committed: readonly Tx[]): Orders[] {
  const keys = [...new Set(committed.flatMap(({ steps }) => steps.map((step) => String(step[1]))))]
  let all: Map<string, readonly Value[]>[] = [new Map()]
  for (const key of keys) {
    const read = committed
      .flatMap(({ steps }) => listsRead(steps))
      .filter((one) => one.key === key)
      .reduce<readonly Value[]>(
        (longest, { list }) => (list.length > longest.length ? list : longest),
        [],
      )
    const rest = committed.flatMap((tx) => appends(tx, key)).filter((one) => !read.includes(one))
    all = all.flatMap((known) =>
      permutations(rest).map((tail) => new Map(known).set(key, [...read, ...tail])),
    )
  }
  return all
}

/** Whether Adya's graph under an order of versions has a cycle of the kinds given. */
function hasCycle(
  committed: readonly Tx[],
  orders: Orders,
  kinds: readonly ('ww' | 'wr')[],
  time: Time,
): boolean {
  const edges = committed.map(() => new Set<number>())
  forEachDependency(committed, orders, (kind, from, to) => {
    if (kinds.includes(kind)) edges[from]!.add(to)
  })
  if (time !== 'none') throw new Error('not needed')
  return permutations(committed.map((_, at) => at)).every((order) =>
    edges.some((targets, from) =>
      [...targets].some((to) => order.indexOf(from) > order.indexOf(to)),
    ),
  )
}

function forEachDependency(
  committed: readonly Tx[],
  orders: Orders,
  add: (kind: 'ww' | 'wr', from: number, to: number) => void,
): void {
  const authorOf = (key: string, element: Value) =>
    committed.findIndex((tx) => appends(tx, key).includes(element))
  for (const [key, order] of orders) {
    order.forEach((element, at) => {
      const from = authorOf(key, element)
      const next = order[at + 1]
      if (next === undefined || from < 0) return
      const to = authorOf(key, next)
      if (to >= 0 && to !== from) add('ww', from, to)
    })
  }
  committed.forEach(({ steps }, reader) => {
    for (const { key, list } of listsRead(steps)) {
      const foreign = list.findLast((element) => authorOf(key, element) !== reader)
      if (foreign !== undefined && authorOf(key, foreign) >= 0) {
        add('wr', authorOf(key, foreign), reader)
      }
    }
  })
}

/** A total order of commits by the axiom of read atomic, or of causal consistency. */
function hasCommitOrder(committed: readonly Tx[], orders: Orders, causal: boolean): boolean {
  const size = committed.length
  const before = committed.map(() => new Array<boolean>(size).fill(false))
  const commit = committed.map(() => new Array<boolean>(size).fill(false))
  forEachDependency(committed, orders, (kind, from, to) => {
    commit[from]![to] = true
    if (kind === 'wr') before[from]![to] = true
  })
  if (causal) {
    committed.forEach((left, from) => {
      committed.forEach((right, to) => {
        if (left.process === right.process && left.ended < right.began) before[from]![to] = true
      })
    })
    for (let via = 0; via < size; via++) {
      for (let from = 0; from < size; from++) {
        for (let to = 0; to < size; to++)
          before[from]![to] ||= before[from]![via]! && before[via]![to]!
      }
    }
  }
  const misses = committed.some(({ steps }, reader) =>
    listsRead(steps).some(({ key, list }) => {
      const order = orders.get(key)!
      const foreign = list.filter((element) => !appends(committed[reader]!, key).includes(element))
      const seen = foreign.length === 0 ? -1 : order.indexOf(foreign.at(-1)!)
      return committed.some(
        (writer, at) =>
          at !== reader &&
          before[at]![reader]! &&
          appends(writer, key).some((element) => order.indexOf(element) > seen),
      )
    }),
  )
  if (misses) return false
  return permutations(committed.map((_, at) => at)).some((order) =>
    committed.every((_, from) =>
      committed.every((__, to) => {
        const must = commit[from]![to]! || before[from]![to]!
        return !must || (from !== to && order.indexOf(from) < order.indexOf(to))
      }),
    ),
  )
}

/** What a transaction leaves behind if it starts from a state; undefined if it read otherwise. */
function run({ steps }: Tx, state: State<readonly Value[]>): State<readonly Value[]> | undefined {
  const own = new Map(state)
  for (const step of steps) {
    const key = String(step[1])
    const list = own.get(key) ?? []
    if (step[0] === 'append') own.set(key, [...list, step[2]])
    else {
      const read = (step[2] ?? []) as readonly Value[]
      if (read.length !== list.length || !isPrefix(read, list)) return undefined
    }
  }
  return own
}
