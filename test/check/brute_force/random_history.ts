/** Small random histories: few transactions on two keys, close enough together to go wrong. */
import fc from 'fast-check'
import type { EventType, HistoryEvent, MicroOperation, Value } from '../../../src/check/index.ts'

export interface Plan {
  readonly process: number
  readonly outcome: Exclude<EventType, 'invoke'>
  /** How many later events begin before it ends. */
  readonly lasts: number
  readonly steps: readonly {
    readonly writes: boolean
    readonly key: 'x' | 'y'
    readonly choice: number
  }[]
}

const plan: fc.Arbitrary<Plan> = fc.record({
  process: fc.integer({ min: 0, max: 2 }),
  outcome: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'fail', 'info'),
  lasts: fc.integer({ min: 0, max: 3 }),
  steps: fc.array(
    fc.record({
      writes: fc.boolean(),
      key: fc.constantFrom('x' as const, 'y' as const),
      choice: fc.integer({ min: 0, max: 11 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
})

export const plans: fc.Arbitrary<Plan[]> = fc.array(plan, { minLength: 1, maxLength: 4 })

/** What a read saw, given what was there, what it wrote itself, and the choice of the plan. */
type Sight = (
  committed: readonly Value[],
  own: readonly Value[],
  choice: number,
) => readonly Value[]

/** Writes unique values; the callers say what a read saw of them, and how to write it down. */
function historyOf(
  given: readonly Plan[],
  write: 'append' | 'w',
  sight: Sight,
  readOf: (seen: readonly Value[]) => MicroOperation[2],
): HistoryEvent[] {
  const lists: Record<string, Value[]> = { x: [], y: [] }
  let element = 0
  const intervals: { at: number; event: HistoryEvent }[] = []
  const freeAt = new Map<number, number>()
  let fresh = 100
  given.forEach(({ process: wanted, outcome, lasts, steps }, index) => {
    const process = freeAt.get(wanted) === Number.POSITIVE_INFINITY ? fresh++ : wanted
    const own: Record<string, Value[]> = { x: [], y: [] }
    const value = steps.map(({ writes, key, choice }): MicroOperation => {
      if (!writes) {
        return ['r', key, readOf(sight(lists[key]!, own[key]!, choice))] as MicroOperation
      }
      own[key]!.push(++element)
      return [write, key, element]
    })
    const isDone = outcome === 'ok' || (outcome === 'info' && lasts % 2 === 0)
    if (isDone) for (const key of ['x', 'y']) lists[key]!.push(...own[key]!)
    const began = Math.max(index * 10, (freeAt.get(process) ?? -1) + 1)
    const ended = began + lasts * 10 + 5
    freeAt.set(process, outcome === 'info' ? Number.POSITIVE_INFINITY : ended)
    const asked = value.map((step) => (step[0] === 'r' ? (['r', step[1], null] as const) : step))
    intervals.push({ at: began, event: { type: 'invoke', process, f: 'txn', value: asked } })
    intervals.push({ at: ended, event: { type: outcome, process, f: 'txn', value } })
  })
  return intervals.sort((left, right) => left.at - right.at).map(({ event }) => event)
}

/**
 * Reads see a beginning of the key's list, the whole of it more often than not, and their own
 * appends at its end; now and then they see anything at all.
 */
export function listHistory(given: readonly Plan[]): HistoryEvent[] {
  const sight: Sight = (list, own, choice) => {
    if (choice === 11) return [...list.slice(1), ...own]
    return [...(choice < 6 ? list : list.slice(0, choice % (list.length + 1))), ...own]
  }
  return historyOf(given, 'append', sight, (seen) => seen)
}

/** Reads see the last value, an older one, or what they wrote; now and then anything at all. */
export function registerHistory(given: readonly Plan[], initial: Value | null): HistoryEvent[] {
  const sight: Sight = (list, own, choice) => {
    if (choice === 11) return [choice + list.length * 7 - own.length]
    if (own.length > 0 && choice !== 10) return own
    return choice < 5 ? [...list] : list.slice(0, choice % (list.length + 1))
  }
  return historyOf(given, 'w', sight, (seen) => seen.at(-1) ?? initial)
}
