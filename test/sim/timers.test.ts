import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Timer, TimerQueue, type WakeKind } from '../../src/sim/timers.ts'

/** The plainest model: a list, searched from end to end. */
class NaiveTimers {
  #entries: { atUs: number; kind: WakeKind; order: number; label: number }[] = []
  #order = 0

  add(atUs: number, kind: WakeKind, label: number): void {
    this.#entries.push({ atUs, kind, order: this.#order++, label })
  }

  cancel(label: number): void {
    this.#entries = this.#entries.filter((entry) => entry.label !== label)
  }

  next(kind?: WakeKind): number | undefined {
    return this.#sorted().find((entry) => kind === undefined || entry.kind === kind)?.atUs
  }

  count(kind: WakeKind): number {
    return this.#entries.filter((entry) => entry.kind === kind).length
  }

  takeDue(untilUs: number): number | undefined {
    const first = this.#sorted()[0]
    if (first === undefined || first.atUs > untilUs) return undefined
    this.cancel(first.label)
    return first.label
  }

  #sorted() {
    return this.#entries.toSorted((a, b) => a.atUs - b.atUs || a.order - b.order)
  }
}

type Step =
  | { do: 'add'; atUs: number; kind: WakeKind }
  | { do: 'cancel'; which: number }
  | { do: 'take'; untilUs: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      atUs: fc.integer({ min: 0, max: 50 }),
      kind: fc.constantFrom<WakeKind>('driving', 'passive'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(200) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('take' as const), untilUs: fc.nat(50) }),
  },
)

describe('TimerQueue', () => {
  test('does what a list sorted by time and order of arrival does', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 300 }), (steps) => {
        const queue = new TimerQueue()
        const naive = new NaiveTimers()
        const timers: Timer[] = []
        let fired = -1
        for (const one of steps) {
          if (one.do === 'add') {
            const label = timers.length
            naive.add(one.atUs, one.kind, label)
            timers.push(
              queue.add(one.atUs, one.kind, () => {
                fired = label
              }),
            )
          } else if (one.do === 'cancel') {
            if (timers.length === 0) continue
            const label = one.which % timers.length
            naive.cancel(label)
            timers[label]?.cancel()
          } else {
            fired = -1
            queue.takeDue(one.untilUs)?.()
            expect(fired).toBe(naive.takeDue(one.untilUs) ?? -1)
          }
          expect(queue.nextUs()).toBe(naive.next())
          expect(queue.nextDriving()?.atUs).toBe(naive.next('driving'))
          expect(queue.drivingCount).toBe(naive.count('driving'))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('a cancelled wake-up never fires, and cancelling what fired changes nothing', () => {
    const queue = new TimerQueue()
    const fired: string[] = []
    const first = queue.add(1, 'driving', () => fired.push('first'))
    queue.add(2, 'driving', () => fired.push('second')).cancel()
    queue.takeDue(10)?.()
    first.cancel()
    expect(queue.takeDue(10)).toBeUndefined()
    expect(fired).toEqual(['first'])
    expect(queue.drivingCount).toBe(0)
  })

  test('leaves alone what was set since the order that it is given', () => {
    const queue = new TimerQueue()
    queue.add(5, 'driving', () => {})
    const { nextOrder } = queue
    queue.add(5, 'driving', () => {})
    expect(queue.takeDue(5, nextOrder)).toBeTypeOf('function')
    expect(queue.takeDue(5, nextOrder)).toBeUndefined()
    expect(queue.takeDue(5)).toBeTypeOf('function')
  })

  test('waits that end long before their time leave nothing behind', () => {
    const queue = new TimerQueue()
    const keep = queue.add(1_000_000, 'driving', () => {})
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < 3_000_000; i++) queue.add(60_000_000, 'driving', () => {}).cancel()
    const grownBytes = process.memoryUsage().heapUsed - before
    expect(queue.drivingCount).toBe(1)
    expect(keep.atUs).toBe(1_000_000)
    // Kept, three million entries with their closures would take more than 300 MB.
    expect(grownBytes).toBeLessThan(100_000_000)
  })

  test('refuses a time that is none', () => {
    expect(() => new TimerQueue().add(Number.NaN, 'driving', () => {})).toThrow('needs a time')
  })
})
