/**
 * The transactions of a history as the definitions of levels see them, and each way in which
 * outcomes that nobody knows may have come out.
 */
import type { HistoryEvent, MicroOperation, Value } from '../../../src/check/index.ts'

export interface Tx {
  readonly id: number
  readonly process: string | number
  readonly steps: readonly MicroOperation[]
  readonly began: number
  /** Infinite where nobody saw it end. */
  readonly ended: number
}

export type Time = 'none' | 'process' | 'realtime'

/** One way in which it may have come out. */
export interface Outcome {
  readonly committed: readonly Tx[]
  readonly aborted: readonly Tx[]
}

/**
 * What a committed transaction has read must have been committed, if anybody may know; of all other
 * unknown outcomes each may be either.
 *
 * @param hasRead whether a read saw a value
 */
export function outcomes(
  events: readonly HistoryEvent[],
  hasRead: (read: MicroOperation, value: Value) => boolean,
): Outcome[] {
  const { committed, aborted, unknown } = transactions(events)
  const wasRead = ({ steps }: Tx) =>
    committed.some((reader) =>
      reader.steps.some(
        (read) =>
          read[0] === 'r' &&
          steps.some((step) => step[1] === read[1] && hasRead(read, step[2] as Value)),
      ),
    )
  let ways: Outcome[] = [{ committed, aborted }]
  for (const tx of unknown) {
    const done = ways.map((way) => ({ ...way, committed: [...way.committed, tx] }))
    const undone = ways.map((way) => ({ ...way, aborted: [...way.aborted, tx] }))
    ways = wasRead(tx) ? done : [...undone, ...done]
  }
  return ways
}

function transactions(events: readonly HistoryEvent[]): {
  committed: Tx[]
  aborted: Tx[]
  unknown: Tx[]
} {
  const found = { ok: [] as Tx[], fail: [] as Tx[], info: [] as Tx[] }
  const open = new Map<string | number, { at: number; id: number }>()
  let id = 0
  events.forEach(({ type, process, value }, at) => {
    if (type === 'invoke') {
      open.set(process, { at, id: id++ })
      return
    }
    const { at: began, id: number } = open.get(process)!
    const isUnknown = type === 'info'
    const steps = isUnknown ? value.filter((step) => step[0] !== 'r') : value
    const ended = isUnknown ? Number.POSITIVE_INFINITY : at
    found[type].push({ id: number, process, steps, began, ended })
  })
  return { committed: found.ok, aborted: found.fail, unknown: found.info }
}

export function comesBefore(left: Tx, right: Tx, time: Time): boolean {
  if (left.ended > right.began || time === 'none') return false
  return time === 'realtime' || left.process === right.process
}
