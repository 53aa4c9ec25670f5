/** The session guarantees by their definitions, under every order of each key's versions. */
import type { Level, Value } from '../../../src/check/index.ts'
import { permutations } from './placing.ts'
import { comesBefore, type Tx } from './transactions.ts'

/** A read of what others wrote, or the last write of its transaction to a key. */
export interface Touch {
  readonly key: string
  /** Null for the initial version. */
  readonly version: Value | null
  readonly writes: boolean
}

export type Guarantee = Extract<
  Level,
  'monotonic-reads' | 'read-your-writes' | 'monotonic-writes' | 'writes-follow-reads'
>

export interface Sessions {
  readonly committed: readonly Tx[]
  readonly touchesOf: (tx: Tx) => readonly Touch[]
}

/** @param orders of each key all orders of its versions that are possible */
export function guarantees(
  sessions: Sessions,
  orders: ReadonlyMap<string, readonly (readonly Value[])[]>,
): Record<Guarantee, boolean> {
  const holds = (demands: readonly Demand[]) =>
    [...orders].every(([key, possible]) => {
      const own = demands.filter((demand) => demand.key === key)
      return possible.some((order) =>
        own.every(({ earlier, later }) => order.indexOf(earlier!) <= order.indexOf(later!)),
      )
    })
  return {
    'monotonic-reads': holds(own(sessions, { before: 'reads', after: 'reads' })),
    'read-your-writes': holds(own(sessions, { before: 'writes', after: 'reads' })),
    'monotonic-writes': holds([
      ...own(sessions, { before: 'writes', after: 'writes' }),
      ...seen(sessions, 'writes'),
    ]),
    'writes-follow-reads': holds([
      ...own(sessions, { before: 'reads', after: 'writes' }),
      ...seen(sessions, 'reads'),
    ]),
  }
}

/** One version of a key must not be older than another; null is the initial one. */
interface Demand {
  readonly key: string
  readonly earlier: Value | null
  readonly later: Value | null
}

type Kind = 'reads' | 'writes'

const isOf = (kind: Kind) => (touch: Touch) => touch.writes === (kind === 'writes')

function own(
  { committed, touchesOf }: Sessions,
  { before, after }: { readonly before: Kind; readonly after: Kind },
): Demand[] {
  return committed.flatMap((later) =>
    committed.flatMap((earlier) => {
      const same = earlier === later && before === 'reads' && after === 'writes'
      if (!same && !comesBefore(earlier, later, 'process')) return []
      return demandsOf(
        touchesOf(earlier).filter(isOf(before)),
        touchesOf(later).filter(isOf(after)),
      )
    }),
  )
}

function demandsOf(earlier: readonly Touch[], later: readonly Touch[]): Demand[] {
  return earlier.flatMap((one) =>
    later
      .filter(({ key }) => key === one.key)
      .map(({ key, version }) => ({ key, earlier: one.version, later: version })),
  )
}

function seen({ committed, touchesOf }: Sessions, kind: Kind): Demand[] {
  const wrote = (tx: Tx, { key, version }: Touch) =>
    touchesOf(tx).some((one) => one.writes && one.key === key && one.version === version)
  return committed.flatMap((reader) =>
    touchesOf(reader).flatMap((sight, at) => {
      const writer = committed.find((tx) => tx !== reader && !sight.writes && wrote(tx, sight))
      if (writer === undefined) return []
      const later = touchesOf(reader)
        .slice(at + 1)
        .filter(isOf('reads'))
      return committed
        .filter((tx) => comesBefore(tx, writer, 'process') || (tx === writer && kind === 'reads'))
        .flatMap((tx) => demandsOf(touchesOf(tx).filter(isOf(kind)), later))
    }),
  )
}

export function allOrders(versions: ReadonlyMap<string, readonly Value[]>) {
  return new Map([...versions].map(([key, values]) => [key, permutations(values)]))
}
