import { describe, expect, test, vi } from 'vitest'
import {
  AutoClock,
  type Operation,
  Scheduler,
  sleep,
  WaitQueue,
  wait,
} from '../../src/sim/index.ts'

const START_US = 1_700_000_000_000_000

function auto(startUs = START_US) {
  const clock = new AutoClock(startUs)
  return { clock, scheduler: new Scheduler({ clock }) }
}

/** Real turns of the event loop, many of them: time enough for a clock that would move. */
async function manyTurns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

function* naps(count: number, durationUs: number): Operation<void> {
  for (let i = 0; i < count; i++) yield sleep(durationUs, 'nap')
}

function* sweep(periodUs: number, swept: () => void): Operation<void> {
  for (;;) {
    yield sleep(periodUs, 'sweep', { wake: 'passive' })
    swept()
  }
}

describe('what time it is', () => {
  test('microseconds inside, milliseconds outside, elapsed from where it was made', async () => {
    const { clock, scheduler } = auto()
    await scheduler.run('nap', naps(1, 1_500))
    expect(clock.nowUs()).toBe(START_US + 1_500)
    expect(clock.now()).toBe(START_US / 1000 + 1.5)
    expect(clock.elapsedUs()).toBe(1_500)
    expect(clock.elapsed()).toBe(1.5)
  })

  test('a fork shows the same time and goes its own way', async () => {
    const { clock, scheduler } = auto()
    await scheduler.run('nap', naps(1, 2_000))
    const fork = clock.fork()
    new Scheduler({ clock: fork })
    await clock.sleep(5)
    expect([fork.elapsed(), clock.elapsed()]).toEqual([2, 7])
    await fork.sleep(1)
    expect([fork.elapsed(), clock.elapsed()]).toEqual([3, 7])
  })
})

describe('what makes time pass', () => {
  test('nothing, in an idle simulator: passive jobs do not', async () => {
    const { clock, scheduler } = auto()
    let swept = 0
    scheduler.start(
      'sweep',
      sweep(1_000, () => swept++),
      () => {},
    )
    await manyTurns()
    expect([clock.elapsed(), swept]).toEqual([0, 0])
    scheduler.stop()
  })

  test('not an unbounded wait, nor a passive bounded one', async () => {
    const { clock, scheduler } = auto()
    const queue = new WaitQueue('news')
    const listen = function* (): Operation<void> {
      yield wait(queue, 'awaitData', { timeoutUs: 1_000, wake: 'passive' })
      yield wait(queue, 'change')
    }
    const run = scheduler.run('getMore', listen())
    await manyTurns()
    expect(clock.elapsed()).toBe(0)
    await clock.sleep(1)
    await manyTurns()
    expect([clock.elapsed(), scheduler.inFlight]).toEqual([1, 1])
    Promise.resolve(run).catch(() => {})
    scheduler.stop()
  })

  test('a driving sleep; and passive jobs run when it passes them, in order', async () => {
    const { clock, scheduler } = auto()
    const log: string[] = []
    const note = (what: string) => () => log.push(`${what}@${clock.elapsed()}`)
    scheduler.start('sweep', sweep(30_000, note('sweep')), () => {})
    await clock.sleep(70).then(note('slept'))
    await clock.sleep(20).then(note('slept'))
    expect(log).toEqual(['sweep@30', 'sweep@60', 'slept@70', 'sweep@90', 'slept@90'])
    scheduler.stop()
  })

  test('a driving sleep that is due at the same moment as others: in the order they were set', async () => {
    const { clock } = auto()
    const log: string[] = []
    await Promise.all(['a', 'b', 'c'].map((name) => clock.sleep(5).then(() => log.push(name))))
    expect(log).toEqual(['a', 'b', 'c'])
    expect(clock.elapsed()).toBe(5)
  })
})

describe('outside code', () => {
  test('runs as far as it can before time moves, however many microtasks it takes', async () => {
    const { clock, scheduler } = auto()
    const log: string[] = []
    const long = scheduler.run('long', naps(1, 1_000_000))
    const slowCaller = async () => {
      await clock.sleep(1)
      for (let i = 0; i < 500; i++) await null
      await new Promise<void>((resolve) => process.nextTick(resolve))
      for (let i = 0; i < 500; i++) await null
      log.push(`caller@${clock.elapsed()}`)
      await clock.sleep(1)
      log.push(`caller@${clock.elapsed()}`)
    }
    await Promise.all([slowCaller(), Promise.resolve(long).then(() => log.push('long'))])
    expect(log).toEqual(['caller@1', 'caller@2', 'long'])
    expect(clock.elapsed()).toBe(1_000)
  })

  test('a promise that settles between two jumps holds the second one back', async () => {
    const { clock, scheduler } = auto()
    const seen: number[] = []
    const short = scheduler.run('short', naps(1, 1_000))
    const long = scheduler.run('long', naps(1, 2_000))
    await Promise.resolve(short)
    for (let i = 0; i < 100; i++) await null
    seen.push(clock.elapsed())
    await long
    seen.push(clock.elapsed())
    expect(seen).toEqual([1, 2])
  })

  test('two loops of sleeps interleave by time, not by turns', async () => {
    const { clock } = auto()
    const log: string[] = []
    const loop = async (name: string, ms: number, times: number) => {
      for (let i = 0; i < times; i++) {
        await clock.sleep(ms)
        log.push(`${name}@${clock.elapsed()}`)
      }
    }
    await Promise.all([loop('a', 3, 3), loop('b', 4, 2)])
    expect(log).toEqual(['a@3', 'b@4', 'a@6', 'b@8', 'a@9'])
  })
})

describe('a long wait', () => {
  test('of a thousand sleeps is jumped through in one turn of the event loop', async () => {
    const { clock, scheduler } = auto()
    let turns = 0
    const posted = vi.spyOn(MessagePort.prototype, 'postMessage').mockImplementation(function (
      this: MessagePort,
      ...args: unknown[]
    ) {
      if (args[0] === 0) turns++
      return Reflect.apply(post, this, args)
    } as typeof MessagePort.prototype.postMessage)
    await scheduler.run('backoff', naps(1_000, 100_000))
    posted.mockRestore()
    expect(clock.elapsed()).toBe(100_000)
    expect(turns).toBe(1)
  })

  test('that never ends leaves the event loop alive', async () => {
    const { clock, scheduler } = auto()
    const run = scheduler.run('update', naps(Number.POSITIVE_INFINITY, 100_000))
    let alive = false
    await new Promise<void>((resolve) =>
      setTimeout(() => {
        alive = true
        resolve()
      }, 5),
    )
    const passed = clock.elapsed()
    scheduler.stop()
    await expect(run).rejects.toThrow('stopped')
    expect(alive).toBe(true)
    expect(passed).toBeGreaterThan(100_000)
  })
})

describe('sleep', () => {
  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', async (ms) => {
    await expect(auto().clock.sleep(ms)).rejects.toThrow(RangeError)
  })

  test('of no time lets outside code run first and moves nothing', async () => {
    const { clock } = auto()
    const log: string[] = []
    const sleeping = clock.sleep(0).then(() => log.push('slept'))
    await null
    log.push('outside')
    await sleeping
    expect(log).toEqual(['outside', 'slept'])
    expect(clock.elapsed()).toBe(0)
  })

  test('ends with the reason of its signal, and time does not pass for it any more', async () => {
    const { clock } = auto()
    const controller = new AbortController()
    const sleeping = clock.sleep(1_000, { signal: controller.signal })
    controller.abort(new Error('changed my mind'))
    await expect(sleeping).rejects.toThrow('changed my mind')
    await manyTurns()
    expect(clock.elapsed()).toBe(0)
  })

  test('with a signal that aborted before does not begin', async () => {
    const { clock } = auto()
    await expect(
      clock.sleep(1, { signal: AbortSignal.abort(new Error('too late')) }),
    ).rejects.toThrow('too late')
    await manyTurns()
    expect(clock.elapsed()).toBe(0)
  })

  test('a signal that aborts after the sleep changes nothing', async () => {
    const controller = new AbortController()
    await auto().clock.sleep(1, { signal: controller.signal })
    controller.abort()
  })
})

describe('advance, in auto time', () => {
  test('goes exactly so far while others sleep longer, who then go on by themselves', async () => {
    const { clock, scheduler } = auto()
    const long = scheduler.run('update', naps(100, 1_000_000))
    await clock.advance(30_500)
    expect(clock.elapsed()).toBe(30_500)
    expect(scheduler.inFlight).toBe(1)
    await long
    expect(clock.elapsed()).toBe(100_000)
  })
})

const post = MessagePort.prototype.postMessage
