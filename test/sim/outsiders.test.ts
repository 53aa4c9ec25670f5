/** Programs outside of the process: virtual time holds still until they were quiet for a while. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AutoClock, ManualClock, RealClock, Scheduler, sleep } from '../../src/sim/index.ts'

const QUIET_MS = 50

/** Real timers are the test's own; macrotasks are not. */
async function realMs(ms: number): Promise<void> {
  await turns()
  vi.advanceTimersByTime(ms)
  await turns()
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('in auto time', () => {
  function auto() {
    const clock = new AutoClock(0)
    return { clock, scheduler: new Scheduler({ clock }) }
  }

  test('time jumps when it was quiet for long enough, and no earlier', async () => {
    const { clock } = auto()
    const leave = clock.admitOutsider(QUIET_MS)
    const slept = clock.sleep(80_000)
    await realMs(QUIET_MS - 1)
    expect(clock.elapsed()).toBe(0)
    await realMs(1)
    await slept
    expect(clock.elapsed()).toBe(80_000)
    leave()
  })

  test('a command that comes in starts the quiet time anew', async () => {
    const { clock } = auto()
    clock.admitOutsider(QUIET_MS)
    void clock.sleep(1_000)
    for (let command = 0; command < 5; command++) {
      await realMs(QUIET_MS - 10)
      clock.noteOutside()
    }
    expect(clock.elapsed()).toBe(0)
    await realMs(2 * QUIET_MS)
    await realMs(QUIET_MS)
    expect(clock.elapsed()).toBe(1_000)
  })

  test('a process that was stopped has heard everything before time jumps', async () => {
    const { clock } = auto()
    clock.admitOutsider(QUIET_MS)
    void clock.sleep(1_000)
    // What is due when it goes on fires at once, however long it was stopped; then come sockets.
    for (let stop = 0; stop < 5; stop++) {
      vi.runOnlyPendingTimers()
      await turns()
    }
    clock.noteOutside()
    await realMs(QUIET_MS)
    expect(clock.elapsed()).toBe(0)
    await realMs(QUIET_MS)
    expect(clock.elapsed()).toBe(1_000)
  })

  test('so has one to which a command comes at the very end of a quiet time', async () => {
    const { clock } = auto()
    clock.admitOutsider(QUIET_MS)
    void clock.sleep(1_000)
    vi.advanceTimersByTime(QUIET_MS)
    clock.noteOutside()
    await turns()
    expect(clock.elapsed()).toBe(0)
    await realMs(QUIET_MS)
    expect(clock.elapsed()).toBe(1_000)
  })

  test('many jumps in a row need one quiet time, as long as nobody is answered', async () => {
    const { clock, scheduler } = auto()
    clock.admitOutsider(QUIET_MS)
    const naps = function* () {
      for (let nap = 0; nap < 1_000; nap++) yield sleep(100_000, 'backoff')
    }
    const done = scheduler.run('update', naps())
    await realMs(QUIET_MS)
    await done
    expect(clock.elapsed()).toBe(100_000)
  })

  test('whoever is answered gets a quiet time to go on', async () => {
    const { clock } = auto()
    clock.admitOutsider(QUIET_MS)
    void clock.sleep(10)
    void clock.sleep(20)
    // The second one came while the quiet time of the first ran.
    await realMs(QUIET_MS)
    expect(clock.elapsed()).toBe(0)
    await realMs(QUIET_MS)
    expect(clock.elapsed()).toBe(10)
    await realMs(QUIET_MS)
    expect(clock.elapsed()).toBe(20)
  })

  test('once the last one has left, a macrotask is enough again', async () => {
    const { clock } = auto()
    const leave = clock.admitOutsider(QUIET_MS)
    leave()
    leave()
    await clock.sleep(10)
    expect(clock.elapsed()).toBe(10)
  })
})

test('advance waits for commands that are on their way, and for those it sets off', async () => {
  const clock = new ManualClock(0, () => {})
  new Scheduler({ clock })
  clock.admitOutsider(QUIET_MS)
  const log: number[] = []
  void clock.sleep(10).then(() => log.push(clock.elapsed()))
  let done = false
  void clock.advance(100).then(() => {
    done = true
  })
  await realMs(QUIET_MS - 1)
  expect(clock.elapsed()).toBe(0)
  await realMs(1)
  expect([clock.elapsed(), log, done]).toEqual([10, [10], false])
  await realMs(QUIET_MS)
  expect([clock.elapsed(), done]).toEqual([100, true])
  clock.stop()
})

test('stopping ends an advance that waits', async () => {
  const clock = new ManualClock(0, () => {})
  new Scheduler({ clock })
  clock.admitOutsider(QUIET_MS)
  const advancing = expect(clock.advance(100)).rejects.toThrow('stopped')
  clock.stop()
  await realMs(QUIET_MS)
  await advancing
})

test('a real clock has nothing to hold', () => {
  const clock = new RealClock()
  clock.admitOutsider(QUIET_MS)()
  clock.stop()
})
