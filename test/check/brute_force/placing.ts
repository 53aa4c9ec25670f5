/** Serializability and snapshot isolation by trial: every order of commits, every snapshot. */
import { comesBefore, type Time, type Tx } from './transactions.ts'

/** What all keys hold. */
export type State<V> = ReadonlyMap<string, V>

/** What a transaction leaves behind if it starts from a state; undefined if it read otherwise. */
export type Run<V> = (tx: Tx, state: State<V>) => State<V> | undefined

export function isSerializable<V>(
  committed: readonly Tx[],
  time: Time,
  run: Run<V>,
  initial: State<V>,
): boolean {
  const place = (left: readonly Tx[], state: State<V>): boolean =>
    left.length === 0 ||
    left.some((tx) => {
      if (left.some((other) => other !== tx && comesBefore(other, tx, time))) return false
      const next = run(tx, state)
      return next !== undefined && place(without(left, tx), next)
    })
  return place(committed, initial)
}

interface Begun<V> {
  readonly tx: Tx
  readonly snapshot: State<V>
  /** Keys that others have committed since. */
  readonly overwritten: ReadonlySet<string>
}

/** Places a snapshot and a commit of each transaction, one after another. */
export function hasSnapshots<V>(
  committed: readonly Tx[],
  time: Time,
  run: Run<V>,
  initial: State<V>,
): boolean {
  const place = (left: readonly Tx[], begun: readonly Begun<V>[], state: State<V>): boolean => {
    if (left.length === 0 && begun.length === 0) return true
    const starts = left.some((tx) => {
      const waits = [...left, ...begun.map((one) => one.tx)].some(
        (other) => other !== tx && comesBefore(other, tx, time),
      )
      if (waits || run(tx, state) === undefined) return false
      const one = { tx, snapshot: state, overwritten: new Set<string>() }
      return place(without(left, tx), [...begun, one], state)
    })
    if (starts) return true
    return begun.some((one) => {
      const wrote = one.tx.steps.flatMap((step) => (step[0] === 'r' ? [] : [String(step[1])]))
      if (wrote.some((key) => one.overwritten.has(key))) return false
      const after = new Map(state)
      const own = run(one.tx, one.snapshot)!
      for (const key of wrote) after.set(key, own.get(key)!)
      const others = begun
        .filter((other) => other !== one)
        .map((other) => ({ ...other, overwritten: new Set([...other.overwritten, ...wrote]) }))
      return place(left, others, after)
    })
  }
  return place(committed, [], initial)
}

function without(all: readonly Tx[], one: Tx): Tx[] {
  return all.filter((other) => other !== one)
}

export function permutations<T>(items: readonly T[]): T[][] {
  return placings(items.length).map((order) => order.map((at) => items[at]!))
}

const known: (readonly number[])[][] = [[[]]]

function placings(length: number): readonly (readonly number[])[] {
  known[length] ??= placings(length - 1).flatMap((shorter) =>
    Array.from({ length }, (_, at) => shorter.toSpliced(at, 0, length - 1)),
  )
  return known[length]
}
