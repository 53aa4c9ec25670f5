import { describe, expect, test } from 'vitest'
import {
  AutoClock,
  Interruptor,
  type Operation,
  Random,
  Scheduler,
  sleep,
  Trace,
  WaitQueue,
  wait,
} from '../../src/sim/index.ts'

test('a trace is one JSON event a line', () => {
  const trace = new Trace()
  trace.record(0, 'sweep', 'start')
  trace.record(5, 'update', 'conflict', { attempt: 1 })
  expect(trace.toString()).toBe(
    '{"atUs":0,"who":"sweep","what":"start"}\n' +
      '{"atUs":5,"who":"update","what":"conflict","detail":{"attempt":1}}',
  )
  trace.clear()
  expect(trace.toString()).toBe('')
})

test('a scheduler records who ran, slept, waited and ended, and when', async () => {
  const trace = new Trace()
  const clock = new AutoClock(1_000_000)
  const scheduler = new Scheduler({ clock, trace })
  const queue = new WaitQueue('session a')
  const interruptor = new Interruptor()
  const operation = function* (): Operation<void> {
    yield sleep(5_000, 'backoff')
    yield wait(queue, 'check-out', { timeoutUs: 7_000 })
    interruptor.raise({ code: 50, message: '' })
    yield sleep(9_000, 'backoff', { interruptor })
  }
  scheduler.run('ping', 1)
  await scheduler.run('update', operation())
  expect(trace.events.map(({ atUs, who, what, detail }) => [atUs, who, what, detail])).toEqual([
    [0, 'ping', 'end', undefined],
    [0, 'update', 'sleep', { why: 'backoff', durationUs: 5_000 }],
    [5_000, 'update', 'run', undefined],
    [5_000, 'update', 'wait', { why: 'check-out', on: 'session a' }],
    [12_000, 'update', 'run', { after: 'timeout' }],
    [12_000, 'update', 'sleep', { why: 'backoff', durationUs: 9_000 }],
    [12_000, 'update', 'run', { after: 50 }],
    [12_000, 'update', 'end', undefined],
  ])
})

describe('the same seed and program', () => {
  async function play(seed: number): Promise<string> {
    const trace = new Trace()
    const clock = new AutoClock(1_700_000_000_000_000)
    const scheduler = new Scheduler({ clock, trace })
    const random = new Random(seed)
    const queue = new WaitQueue('lock')
    const operation = function* (): Operation<void> {
      for (let i = 0; i < 5; i++) {
        yield sleep(random.below(4) * 1_000, 'backoff')
        if (random.below(2) === 0) queue.notifyAll()
        else yield wait(queue, 'lock', { timeoutUs: random.below(5_000) })
      }
    }
    const client = async (name: string) => {
      for (let i = 0; i < 3; i++) {
        await scheduler.run(`${name}${i}`, operation())
        await clock.sleep(random.below(3))
      }
    }
    await Promise.all(['a', 'b', 'c'].map(client))
    return trace.toString()
  }

  test('give the same trace, byte for byte, twice', async () => {
    const first = await play(1)
    expect(first.split('\n').length).toBeGreaterThan(100)
    expect(await play(1)).toBe(first)
    expect(await play(2)).not.toBe(first)
  })
})
