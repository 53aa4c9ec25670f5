import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  ManualClock,
  type Operation,
  Scheduler,
  sleep,
  WaitQueue,
  wait,
} from '../../src/sim/index.ts'

function manual() {
  const warnings: string[] = []
  const clock = new ManualClock(0, (message) => warnings.push(message))
  return { clock, warnings, scheduler: new Scheduler({ clock }) }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('advance', () => {
  test('is the only thing that moves time', async () => {
    const { clock } = manual()
    let slept = false
    const sleeping = clock.sleep(10).then(() => {
      slept = true
    })
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
    expect([slept, clock.elapsed()]).toEqual([false, 0])
    await clock.advance(9)
    expect([slept, clock.elapsed()]).toEqual([false, 9])
    await clock.advance(1)
    expect([slept, clock.elapsed()]).toEqual([true, 10])
    await sleeping
  })

  test('runs everything that falls due, driving and passive, in order', async () => {
    const { clock, scheduler } = manual()
    const log: string[] = []
    const every = function* (
      ms: number,
      name: string,
      wake: 'driving' | 'passive',
    ): Operation<void> {
      for (let i = 0; i < 3; i++) {
        yield sleep(ms * 1000, name, { wake })
        log.push(`${name}@${clock.elapsed()}`)
      }
    }
    scheduler.start('sweep', every(30, 'sweep', 'passive'), () => {})
    const run = scheduler.run('update', every(20, 'update', 'driving'))
    await clock.advance(90)
    await run
    expect(log).toEqual(['update@20', 'sweep@30', 'update@40', 'sweep@60', 'update@60', 'sweep@90'])
    expect(clock.elapsed()).toBe(90)
  })

  test("lets a caller's loop of sleeps run at each of its times", async () => {
    const { clock } = manual()
    const wokeAt: number[] = []
    const loop = async () => {
      for (;;) {
        await clock.sleep(10)
        for (let i = 0; i < 50; i++) await null
        wokeAt.push(clock.elapsed())
      }
    }
    loop().catch(() => {})
    await clock.advance(100)
    expect(wokeAt).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
    clock.stop()
  })

  test('runs what the caller began just before', async () => {
    const { clock, scheduler } = manual()
    let done = false
    const caller = async () => {
      await null
      const nap = function* (): Operation<void> {
        yield sleep(5_000, 'nap')
      }
      await scheduler.run('nap', nap())
      done = true
    }
    const called = caller()
    await clock.advance(5)
    expect(done).toBe(true)
    await called
  })

  test('twice at once ends at the farther time', async () => {
    const { clock } = manual()
    await Promise.all([clock.advance(50), clock.advance(20)])
    expect(clock.elapsed()).toBe(50)
  })

  test('leaves the event loop alive during a very long one', async () => {
    const { clock, scheduler } = manual()
    const poll = function* (): Operation<void> {
      for (;;) yield sleep(1_000, 'poll', { wake: 'passive' })
    }
    scheduler.start('poll', poll(), () => {})
    let ticks = 0
    const ticking = setInterval(() => ticks++, 1)
    await clock.advance(200_000)
    clearInterval(ticking)
    expect(ticks).toBeGreaterThan(0)
    scheduler.stop()
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', async (ms) => {
    await expect(manual().clock.advance(ms)).rejects.toThrow(RangeError)
  })
})

describe('a clock that was forgotten', () => {
  const second = () => new Promise((resolve) => setTimeout(resolve, 1_050))

  test('says after a real second, once, who waits, on whom, and how to move it', async () => {
    const { clock, scheduler, warnings } = manual()
    const update = function* (): Operation<void> {
      const describe = () => 'transaction 2 of session 7f holds test.demo'
      for (;;) yield sleep(5_000, 'write conflict', { describe })
    }
    const run = scheduler.run('update test.demo', update())
    const asleep = clock.sleep(2_000)
    for (const promise of [run, asleep]) Promise.resolve(promise).catch(() => {})
    await second()
    expect(warnings).toEqual([
      'The manual clock has stood still for a second while somebody waits on it:\n' +
        '  update test.demo sleeps (write conflict): transaction 2 of session 7f holds test.demo\n' +
        '  the application sleeps (clock.sleep, 1 at once)\n' +
        'Move it: await sim.clock.advance(5) reaches the next wake-up.',
    ])
    vi.useFakeTimers()
    await clock.advance(5)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(warnings).toHaveLength(1)
    scheduler.stop()
  })

  test('says nothing while it is moved, or while nobody waits', async () => {
    vi.useFakeTimers()
    const { clock, scheduler, warnings } = manual()
    await vi.advanceTimersByTimeAsync(5_000)
    const asleep = clock.sleep(50)
    for (let i = 0; i < 5; i++) {
      await vi.advanceTimersByTimeAsync(900)
      await clock.advance(10)
    }
    await clock.advance(5)
    await vi.advanceTimersByTimeAsync(900)
    await clock.advance(5)
    await asleep
    const unbounded = function* (): Operation<void> {
      yield wait(new WaitQueue('news'), 'news')
    }
    Promise.resolve(scheduler.run('waiter', unbounded())).catch(() => {})
    await vi.advanceTimersByTimeAsync(5_000)
    expect(warnings).toEqual([])
    scheduler.stop()
  })

  test('says nothing once it was stopped', async () => {
    vi.useFakeTimers()
    const { clock, scheduler, warnings } = manual()
    clock.sleep(50).catch(() => {})
    scheduler.stop()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(warnings).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('a fork shows the same time and goes its own way', async () => {
  const { clock } = manual()
  await clock.advance(7)
  const fork = clock.fork()
  await fork.advance(1)
  expect([clock.elapsed(), fork.elapsed()]).toEqual([7, 8])
})
