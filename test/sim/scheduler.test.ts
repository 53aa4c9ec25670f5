import { describe, expect, test } from 'vitest'
import {
  AutoClock,
  Interruptor,
  ManualClock,
  type Operation,
  type Resumption,
  Scheduler,
  StalledOperationError,
  StoppedError,
  sleep,
  WaitQueue,
  wait,
  yieldPoints,
} from '../../src/sim/index.ts'
import { doing, fail, once } from './operations.ts'

function auto() {
  const clock = new AutoClock(0)
  return { clock, scheduler: new Scheduler({ clock }) }
}

function manual() {
  const clock = new ManualClock(0, () => {})
  return { clock, scheduler: new Scheduler({ clock }) }
}

describe('run', () => {
  test('answers at once when the operation never waits', () => {
    const { scheduler } = auto()
    expect(
      scheduler.run(
        'ping',
        doing(() => 42),
      ),
    ).toBe(42)
    expect(scheduler.run('ping', 'a plain value')).toBe('a plain value')
    expect(scheduler.inFlight).toBe(0)
  })

  test('skips yield points where the operation asks the flag', () => {
    const { scheduler } = auto()
    const operation = function* (): Operation<number> {
      if (scheduler.exploring) yield yieldPoints.beforeWrite
      return 1
    }
    expect(scheduler.run('write', operation())).toBe(1)
  })

  test('throws at once what the operation throws before it waits', () => {
    const { scheduler } = auto()
    const broken = doing(() => fail(new Error('no such collection')))
    expect(() => scheduler.run('find', broken)).toThrow('no such collection')
    expect(scheduler.inFlight).toBe(0)
    expect(
      scheduler.run(
        'ping',
        doing(() => 1),
      ),
    ).toBe(1)
  })

  test('gives one promise when it waits, and counts it as in flight until it ends', async () => {
    const { clock, scheduler } = auto()
    const promise = scheduler.run('nap', once(sleep(5_000, 'nap')))
    expect(promise).toBeInstanceOf(Promise)
    expect(scheduler.inFlight).toBe(1)
    expect(await promise).toBe('ok')
    expect(scheduler.inFlight).toBe(0)
    expect(clock.nowUs()).toBe(5_000)
  })

  test('rejects with what the operation throws after it waited', async () => {
    const { scheduler } = auto()
    const broken = function* (): Operation<void> {
      yield sleep(1, 'nap')
      throw new Error('cursor killed')
    }
    await expect(scheduler.run('getMore', broken())).rejects.toThrow('cursor killed')
    expect(scheduler.inFlight).toBe(0)
  })

  test('an operation started by an operation waits for its turn', async () => {
    const { scheduler } = auto()
    const order: string[] = []
    let inner: number | Promise<number> = 0
    const outer = () => {
      inner = scheduler.run(
        'inner',
        doing(() => order.push('inner')),
      )
      order.push('outer')
    }
    scheduler.run('outer', doing(outer))
    expect(order).toEqual(['outer', 'inner'])
    expect(await inner).toBe(2)
  })
})

describe('those who were woken', () => {
  test('run when the operation that woke them ends', async () => {
    const { scheduler } = auto()
    const queue = new WaitQueue('session')
    const waiter = scheduler.run('waiter', once(wait(queue, 'check-out')))
    const waker = () => {
      queue.notifyOne()
      return scheduler.inFlight
    }
    expect(scheduler.run('waker', doing(waker))).toBe(2)
    expect(scheduler.inFlight).toBe(0)
    expect(await waiter).toBe('ok')
  })

  test('run when the operation that woke them throws', async () => {
    const { scheduler } = auto()
    const queue = new WaitQueue('session')
    const waiter = scheduler.run('waiter', once(wait(queue, 'check-out')))
    const waker = () => {
      queue.notifyAll()
      throw new Error('aborted')
    }
    expect(() => scheduler.run('waker', doing(waker))).toThrow('aborted')
    expect(scheduler.inFlight).toBe(0)
    expect(await waiter).toBe('ok')
  })

  test('run after the one that woke them has begun its own wait, so no answer is lost', async () => {
    const { scheduler } = auto()
    const question = new WaitQueue('question')
    const answer = new WaitQueue('answer')
    const server = function* (): Operation<void> {
      yield wait(question, 'question')
      answer.notifyAll()
    }
    const client = function* (): Operation<Resumption> {
      question.notifyAll()
      return yield wait(answer, 'answer', { timeoutUs: 1_000 })
    }
    const served = scheduler.run('server', server())
    expect(await scheduler.run('client', client())).toBe('ok')
    await served
  })

  test('run by drain when outside code woke them', async () => {
    const { scheduler } = auto()
    const queue = new WaitQueue('session')
    const waiter = scheduler.run('waiter', once(wait(queue, 'check-out')))
    queue.notifyAll()
    expect(scheduler.inFlight).toBe(1)
    scheduler.drain()
    expect(scheduler.inFlight).toBe(0)
    expect(await waiter).toBe('ok')
  })

  test('go in the order in which they were woken', async () => {
    const { scheduler } = auto()
    const queue = new WaitQueue('lock')
    const order: string[] = []
    const operation = function* (name: string): Operation<void> {
      yield wait(queue, 'lock')
      order.push(name)
    }
    const runs = ['a', 'b', 'c'].map((name) => scheduler.run(name, operation(name)))
    queue.notifyAll()
    scheduler.drain()
    await Promise.all(runs)
    expect(order).toEqual(['a', 'b', 'c'])
  })
})

describe('a sleep of no time', () => {
  test('lets everybody else who is ready run, and no time pass', async () => {
    const { clock, scheduler } = auto()
    const queue = new WaitQueue('both')
    const order: string[] = []
    const operation = function* (name: string): Operation<void> {
      yield wait(queue, 'start')
      for (let i = 1; i <= 3; i++) {
        order.push(name + i)
        yield sleep(0, 'yield')
      }
    }
    const runs = ['a', 'b'].map((name) => scheduler.run(name, operation(name)))
    queue.notifyAll()
    scheduler.drain()
    await Promise.all(runs)
    expect(order).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3'])
    expect(clock.nowUs()).toBe(0)
  })
})

describe('the end of a wait', () => {
  test('ok when the queue is notified in time', async () => {
    const { clock, scheduler } = auto()
    const queue = new WaitQueue('transaction')
    const waiter = scheduler.run('waiter', once(wait(queue, 'its end', { timeoutUs: 9_000 })))
    const waker = function* (): Operation<void> {
      yield sleep(4_000, 'work')
      queue.notifyAll()
    }
    await scheduler.run('waker', waker())
    expect(await waiter).toBe('ok')
    expect(clock.nowUs()).toBe(4_000)
    expect(clock.nextDrivingUs()).toBeUndefined()
  })

  test('timeout when it is not, and the queue forgets the waiter', async () => {
    const { clock, scheduler } = auto()
    const queue = new WaitQueue('transaction')
    const how = await scheduler.run('waiter', once(wait(queue, 'its end', { timeoutUs: 9_000 })))
    expect(how).toBe('timeout')
    expect(clock.nowUs()).toBe(9_000)
    expect(queue.size).toBe(0)
  })

  test('the interruption, when one comes first', async () => {
    const { clock, scheduler } = auto()
    const queue = new WaitQueue('transaction')
    const interruptor = new Interruptor()
    const waiter = scheduler.run(
      'waiter',
      once(wait(queue, 'its end', { timeoutUs: 9_000, interruptor })),
    )
    const killed = { code: 11601, message: 'operation was interrupted' }
    interruptor.raise(killed)
    scheduler.drain()
    expect(await waiter).toBe(killed)
    expect(queue.size).toBe(0)
    expect(clock.nextDrivingUs()).toBeUndefined()
  })

  test('whichever comes first, when two come before the waiter runs', async () => {
    const { scheduler } = auto()
    const queue = new WaitQueue('transaction')
    const interruptor = new Interruptor()
    const waiter = scheduler.run('waiter', once(wait(queue, 'its end', { interruptor })))
    queue.notifyAll()
    interruptor.raise({ code: 50, message: 'too late' })
    scheduler.drain()
    expect(await waiter).toBe('ok')
  })
})

describe('an interruption', () => {
  test('ends an interruptible sleep at once', async () => {
    const { clock, scheduler } = manual()
    const interruptor = new Interruptor()
    const sleeper = scheduler.run('op', once(sleep(1_000_000, 'backoff', { interruptor })))
    await clock.advance(10)
    interruptor.raise({ code: 50, message: 'operation exceeded time limit' })
    scheduler.drain()
    expect(await sleeper).toMatchObject({ code: 50 })
    expect(clock.nowUs()).toBe(10_000)
    clock.stop()
  })

  test('does not touch a sleep that is not interruptible, and is pending after it', async () => {
    const { clock, scheduler } = auto()
    const interruptor = new Interruptor()
    const operation = function* (): Operation<[Resumption, number | undefined]> {
      const how = yield sleep(100_000, 'backoff')
      return [how, interruptor.pending?.code]
    }
    const run = scheduler.run('op', operation())
    interruptor.raise({ code: 50, message: '' })
    scheduler.drain()
    expect(await run).toEqual(['ok', 50])
    expect(clock.nowUs()).toBe(100_000)
  })

  test('that is pending already ends the next interruptible suspension at once', async () => {
    const { clock, scheduler } = auto()
    const interruptor = new Interruptor()
    interruptor.raise({ code: 50, message: '' })
    const queue = new WaitQueue('q')
    const operation = function* (): Operation<unknown[]> {
      return [
        yield sleep(5_000, 'backoff', { interruptor }),
        yield sleep(0, 'yield', { interruptor }),
        yield wait(queue, 'lock', { interruptor }),
      ]
    }
    const { pending } = interruptor
    expect(await scheduler.run('op', operation())).toEqual([pending, pending, pending])
    expect(clock.nowUs()).toBe(0)
    expect(queue.size).toBe(0)
  })
})

describe('an operation that never gets on', () => {
  function* spin(): Operation<void> {
    for (;;) yield sleep(0, 'retry at once')
  }

  test('ends in an error that names it after 10,000 suspensions without time moving', async () => {
    const { scheduler } = auto()
    const run = scheduler.run('update test.demo', spin())
    await expect(run).rejects.toThrow(StalledOperationError)
    await expect(run).rejects.toThrow(/update test\.demo .*retry at once.* 10000 times/)
  })

  test('runs its own clean-up then', async () => {
    const { scheduler } = auto()
    let cleaned = false
    const operation = function* (): Operation<void> {
      try {
        yield* spin()
      } finally {
        yield sleep(0, 'clean up')
        cleaned = true
      }
    }
    await expect(scheduler.run('op', operation())).rejects.toThrow(StalledOperationError)
    expect(cleaned).toBe(true)
  })

  test('is no error as long as time moves', async () => {
    const { clock, scheduler } = auto()
    const operation = function* (): Operation<void> {
      for (let i = 0; i < 25_000; i++) yield sleep(i % 9_000 === 0 ? 1 : 0, 'slow but sure')
    }
    await scheduler.run('op', operation())
    expect(clock.nowUs()).toBe(3)
  })
})

describe('a background job', () => {
  test('is started, counted as nobody in flight, and its error is heard', async () => {
    const { scheduler } = auto()
    const errors: unknown[] = []
    const job = function* (): Operation<void> {
      yield sleep(1_000, 'sweep')
      throw new Error('sweep failed')
    }
    scheduler.start('sweep', job(), (error) => errors.push(error))
    expect(scheduler.inFlight).toBe(0)
    await scheduler.run('nap', once(sleep(2_000, 'nap')))
    expect(errors).toEqual([new Error('sweep failed')])
  })
})

describe('runToEnd', () => {
  test('plays generators to their end without a promise, time included', () => {
    const { clock, scheduler } = auto()
    const log: string[] = []
    const napper = function* (name: string, durationUs: number): Operation<void> {
      for (let i = 0; i < 2; i++) {
        yield sleep(durationUs, 'nap')
        log.push(`${name}@${clock.nowUs()}`)
      }
    }
    scheduler.start('a', napper('a', 30), fail)
    scheduler.start('b', napper('b', 20), fail)
    scheduler.runToEnd()
    expect(log).toEqual(['b@20', 'a@30', 'b@40', 'a@60'])
  })

  test('leaves those alone who wait for nothing that time could bring', () => {
    const { clock, scheduler } = auto()
    const queue = new WaitQueue('never')
    scheduler.start('waiter', once(wait(queue, 'news')) as Operation<never>, fail)
    scheduler.runToEnd()
    expect(queue.size).toBe(1)
    expect(clock.nowUs()).toBe(0)
  })
})

describe('stop', () => {
  test('ends everything under way, says where each stood, and admits nothing more', async () => {
    const { clock, scheduler } = manual()
    const queue = new WaitQueue('lock')
    const sleeper = scheduler.run('update', once(sleep(5_000, 'backoff')))
    const waiter = scheduler.run('drop', once(wait(queue, 'lock')))
    const asleep = clock.sleep(100)
    const advancing = clock.advance(1_000)
    const jobErrors: unknown[] = []
    const forever = once(sleep(1, 'sweep', { wake: 'passive' })) as Operation<never>
    scheduler.start('sweep', forever, (error) => jobErrors.push(error))
    scheduler.stop()
    scheduler.stop()

    await expect(sleeper).rejects.toThrow('The simulator was stopped: update sleeps (backoff).')
    await expect(waiter).rejects.toThrow('The simulator was stopped: drop waits (lock).')
    await expect(asleep).rejects.toThrow(StoppedError)
    await expect(advancing).rejects.toThrow(StoppedError)
    expect(jobErrors).toEqual([expect.any(StoppedError)])
    expect(scheduler.inFlight).toBe(0)

    expect(() =>
      scheduler.run(
        'ping',
        doing(() => 1),
      ),
    ).toThrow(StoppedError)
    expect(() =>
      scheduler.start(
        'job',
        doing(() => undefined),
        fail,
      ),
    ).toThrow(StoppedError)
    await expect(clock.sleep(1)).rejects.toThrow(StoppedError)
    queue.notifyAll()
    scheduler.drain()
  })

  test('from inside of an operation refuses that operation at its next suspension', async () => {
    const { scheduler } = auto()
    const suicidal = function* (): Operation<string> {
      scheduler.stop()
      yield sleep(1, 'nap')
      return 'unreachable'
    }
    await expect(scheduler.run('quit', suicidal())).rejects.toThrow('quit stopped the simulator')
    expect(scheduler.inFlight).toBe(0)
  })
})

describe('describeSleepers', () => {
  test('names those whom time would move, what they wait for and on whom', () => {
    const { clock, scheduler } = manual()
    const describe = () => 'transaction 2 of session a holds test.demo'
    const queue = new WaitQueue('q')
    const runs = [
      scheduler.run('update test.demo', once(sleep(5, 'write conflict', { describe }))),
      scheduler.run('lock test.demo', once(wait(queue, 'lock', { timeoutUs: 5 }))),
      scheduler.run('getMore', once(wait(queue, 'awaitData', { timeoutUs: 5, wake: 'passive' }))),
      scheduler.run('check-out', once(wait(queue, 'session'))),
    ]
    expect(scheduler.describeSleepers()).toEqual([
      'update test.demo sleeps (write conflict): transaction 2 of session a holds test.demo',
      'lock test.demo waits (lock)',
    ])
    for (const run of runs) Promise.resolve(run).catch(() => {})
    scheduler.stop()
    clock.stop()
  })
})

test('a clock serves one scheduler', () => {
  const { clock } = auto()
  expect(() => new Scheduler({ clock })).toThrow('a clock serves one scheduler')
})
