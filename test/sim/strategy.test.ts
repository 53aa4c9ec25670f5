import { describe, expect, test } from 'vitest'
import {
  AutoClock,
  type Choice,
  type Operation,
  Scheduler,
  type Strategy,
  sleep,
  Trace,
  WaitQueue,
  wait,
  yieldPoints,
} from '../../src/sim/index.ts'
import { everyInterleaving, everyInterleavingAsync } from './enumerate.ts'
import { doing, fail } from './operations.ts'

function under(strategy: Strategy) {
  const clock = new AutoClock(0)
  return { clock, scheduler: new Scheduler({ clock, strategy }) }
}

/** Works in `points + 1` steps with a yield point between each two. */
function* worker(name: string, points: number, log: string[]): Operation<void> {
  log.push(name)
  for (let i = 0; i < points; i++) {
    yield yieldPoints.beforeWrite
    log.push(name)
  }
}

function binomial(n: number, k: number): number {
  return k === 0 ? 1 : (binomial(n - 1, k - 1) * n) / k
}

describe('interleavings of generators', () => {
  test.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [1, 4],
  ])('tasks of %i and %i yield points run in every order, each once', (a, b) => {
    const orders = everyInterleaving((strategy) => {
      const { scheduler } = under(strategy)
      const log: string[] = []
      scheduler.start('a', worker('a', a, log), fail)
      scheduler.start('b', worker('b', b, log), fail)
      scheduler.runToEnd()
      return log.join('')
    })
    const steps = a + 1 + (b + 1)
    expect(new Set(orders).size).toBe(binomial(steps, a + 1))
    expect(orders.length).toBe(new Set(orders).size)
    for (const order of orders) {
      expect(order.replaceAll('b', '')).toBe('a'.repeat(a + 1))
      expect(order.replaceAll('a', '')).toBe('b'.repeat(b + 1))
    }
  })

  test('a read and a write of one counter lose an update in exactly the orders that overlap', () => {
    const outcomes = everyInterleaving((strategy) => {
      const { scheduler } = under(strategy)
      let counter = 0
      const increment = function* (): Operation<void> {
        const read = counter
        yield yieldPoints.beforeWrite
        counter = read + 1
      }
      scheduler.start('a', increment(), fail)
      scheduler.start('b', increment(), fail)
      scheduler.runToEnd()
      return counter
    })
    expect(outcomes.toSorted()).toEqual([1, 1, 1, 1, 2, 2])
  })

  test('who wakes at the same moment goes in either order', () => {
    const orders = everyInterleaving((strategy) => {
      const { scheduler } = under(strategy)
      const log: string[] = []
      const nap = function* (name: string): Operation<void> {
        yield sleep(5_000, 'backoff')
        log.push(name)
      }
      scheduler.start('a', nap('a'), fail)
      scheduler.start('b', nap('b'), fail)
      scheduler.runToEnd()
      return log.join('')
    })
    expect(new Set(orders)).toEqual(new Set(['ab', 'ba']))
  })

  test('time passes under those who are ready only where the strategy offers it', () => {
    const play = (offersTime: boolean) =>
      everyInterleaving(
        (strategy) => {
          const { clock, scheduler } = under(strategy)
          let wroteAt = -1
          const expire = function* (): Operation<void> {
            yield sleep(60_000_000, 'expiry')
          }
          const write = function* (): Operation<void> {
            yield yieldPoints.beforeWrite
            wroteAt = clock.elapsed()
          }
          scheduler.start('expire', expire(), fail)
          scheduler.start('write', write(), fail)
          scheduler.runToEnd()
          return wroteAt
        },
        { offersTime },
      )
    expect(new Set(play(false))).toEqual(new Set([0]))
    expect(new Set(play(true))).toEqual(new Set([0, 60_000]))
  })
})

describe('interleavings of asynchronous actors', () => {
  test('an actor goes on before the next choice, so its next operation is among the choices', async () => {
    const orders = await everyInterleavingAsync(async (strategy) => {
      const { scheduler } = under(strategy)
      const log: string[] = []
      const actor = async (name: string) => {
        for (const statement of [1, 2]) {
          await scheduler.run(`${name}${statement}`, worker(name, 0, log))
          for (let i = 0; i < 5; i++) await null
        }
      }
      await Promise.all([actor('a'), actor('b')])
      return log.join('')
    })
    expect(orders.toSorted()).toEqual(['aabb', 'abab', 'abba', 'baab', 'baba', 'bbaa'])
  })

  test('an application that sleeps on the clock is one of those who wake', async () => {
    const orders = await everyInterleavingAsync(async (strategy) => {
      const { clock, scheduler } = under(strategy)
      const log: string[] = []
      const sweeps = function* (): Operation<void> {
        for (;;) yield sleep(2_000, 'sweep', { wake: 'passive' })
      }
      scheduler.start('sweep', sweeps(), () => {})
      const sleeper = async () => {
        await clock.sleep(5)
        await scheduler.run('a', worker('a', 0, log))
      }
      const napper = function* (): Operation<void> {
        yield sleep(5_000, 'backoff')
        log.push('b')
      }
      await Promise.all([sleeper(), scheduler.run('b', napper())])
      expect(clock.elapsed()).toBe(5)
      scheduler.stop()
      return log.join('')
    })
    expect(new Set(orders)).toEqual(new Set(['ab', 'ba']))
  })

  test('advance moves time, and those whom it wakes, under a strategy too', async () => {
    const { clock, scheduler } = under({
      offersTime: false,
      choose: (choices) => choices.length - 1,
    })
    let swept = 0
    const sweeps = function* (): Operation<void> {
      for (;;) {
        yield sleep(1_000_000, 'sweep', { wake: 'passive' })
        yield yieldPoints.beforeOperation
        swept++
      }
    }
    scheduler.start('sweep', sweeps(), () => {})
    await clock.advance(3_500)
    expect(swept).toBe(3)
    scheduler.stop()
  })

  test('a job that has not begun does not hold up an application that only sleeps', async () => {
    const { clock, scheduler } = under({ offersTime: false, choose: () => 0 })
    let begun = false
    const job = doing(() => {
      begun = true
    })
    scheduler.start('job', job, fail)
    await clock.sleep(5)
    expect([begun, clock.elapsed()]).toEqual([true, 5])
  })

  test('a wait and who ends it', async () => {
    const outcomes = await everyInterleavingAsync(async (strategy) => {
      const { scheduler } = under(strategy)
      const queue = new WaitQueue('session')
      const waiter = function* (): Operation<string> {
        return String(yield wait(queue, 'check-out', { timeoutUs: 1_000 }))
      }
      const [how] = await Promise.all([
        scheduler.run('waiter', waiter()),
        scheduler.run(
          'waker',
          doing(() => queue.notifyAll()),
        ),
      ])
      return how
    })
    expect(outcomes.toSorted()).toEqual(['ok', 'timeout'])
  })
})

describe('a strategy', () => {
  test('sees all who are ready at each step, by age, and time last', () => {
    const seen: string[][] = []
    const show = (choice: Choice) => (choice.kind === 'time' ? 'time' : choice.task.name)
    const { scheduler } = under({
      offersTime: true,
      choose(choices) {
        seen.push(choices.map(show))
        return choices.length > 1 && seen.length < 3 ? 1 : 0
      },
    })
    scheduler.start('a', worker('a', 1, []), fail)
    scheduler.start('b', worker('b', 1, []), fail)
    const nap = function* (): Operation<void> {
      yield sleep(5, 'nap')
    }
    scheduler.start('c', nap(), fail)
    scheduler.runToEnd()
    expect(seen).toEqual([['a', 'b', 'c'], ['a', 'b', 'c'], ['a', 'c'], ['a', 'c'], ['c'], ['c']])
  })

  test('that picks what was not offered ends the simulation, and everybody hears why', async () => {
    const { scheduler } = under({ offersTime: false, choose: () => 7 })
    const runs = ['a', 'b'].map((name) => scheduler.run(name, worker(name, 1, [])))
    for (const run of runs) await expect(run).rejects.toThrow('one of the choices')
    expect(() => scheduler.run('c', worker('c', 1, []))).toThrow('stopped')
  })
})

describe('the same choices give the same trace', () => {
  const play = (choose: Strategy['choose']) => {
    const clock = new AutoClock(0)
    const trace = new Trace()
    const scheduler = new Scheduler({ clock, trace, strategy: { offersTime: true, choose } })
    const job = function* (name: string): Operation<void> {
      yield yieldPoints.afterRead
      yield sleep(name === 'a' ? 300 : 200, 'backoff')
      yield yieldPoints.beforeCommit
    }
    for (const name of ['a', 'b', 'c']) scheduler.start(name, job(name), fail)
    scheduler.runToEnd()
    return trace.toString()
  }

  test('byte for byte', () => {
    const last: Strategy['choose'] = (choices) => choices.length - 1
    expect(play(last)).toBe(play(last))
    expect(play(() => 0)).not.toBe(play(last))
  })
})
