import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Operation, RealClock, Scheduler, sleep, wallClockUs } from '../../src/sim/index.ts'

afterEach(() => {
  vi.useRealTimers()
})

function real() {
  const clock = new RealClock()
  return { clock, scheduler: new Scheduler({ clock }) }
}

function* nap(durationUs: number): Operation<string> {
  yield sleep(durationUs, 'nap')
  return 'slept'
}

describe('on the time of the machine', () => {
  test('it shows the wall clock', () => {
    const before = wallClockUs()
    const { clock } = real()
    expect(clock.nowUs()).toBeGreaterThanOrEqual(before)
    expect(clock.nowUs()).toBeLessThanOrEqual(wallClockUs())
    expect(clock.now()).toBeLessThanOrEqual(Date.now())
  })

  test('an operation sleeps for real', async () => {
    const { clock, scheduler } = real()
    const before = clock.elapsed()
    expect(await scheduler.run('nap', nap(20_000))).toBe('slept')
    expect(clock.elapsed() - before).toBeGreaterThanOrEqual(20)
  })

  test("it can't be advanced, and says what to do", async () => {
    await expect(real().clock.advance(1)).rejects.toThrow("time: 'manual' or 'auto'")
  })

  test('a sleep of no time lets the event loop turn, so nobody starves', async () => {
    const { scheduler } = real()
    let served = false
    const socket = new Promise<void>((resolve) =>
      setImmediate(() => {
        served = true
        resolve()
      }),
    )
    let slices = 0
    const scan = function* (): Operation<void> {
      while (!served && slices < 9_000) {
        slices++
        yield sleep(0, 'yield')
      }
    }
    await scheduler.run('scan', scan())
    await socket
    // Without a turn of the event loop the scan would have used up all of its slices.
    expect(slices).toBeLessThan(9_000)
  })
})

describe('under fake timers', () => {
  test('it obeys those installed after it was made', async () => {
    const { clock, scheduler } = real()
    vi.useFakeTimers({ now: clock.now() })
    const startMs = clock.elapsed()
    let woken = 0
    const sleeping = [
      Promise.resolve(scheduler.run('nap', nap(60_000_000))).then(() => woken++),
      clock.sleep(90_000).then(() => woken++),
    ]
    await vi.advanceTimersByTimeAsync(59_999)
    expect(woken).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(woken).toBe(1)
    await vi.advanceTimersByTimeAsync(30_000)
    await Promise.all(sleeping)
    expect(clock.elapsed() - startMs).toBe(90_000)
  })

  test('one timer of the event loop stands for all, and for none when nobody waits', async () => {
    vi.useFakeTimers()
    const { clock } = real()
    const controller = new AbortController()
    const late = clock.sleep(5_000, { signal: controller.signal })
    const early = clock.sleep(1_000)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1_000)
    await early
    expect(vi.getTimerCount()).toBe(1)
    controller.abort()
    await expect(late).rejects.toThrow('aborted')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('a time longer than a timer of the event loop can take is waited out', async () => {
    vi.useFakeTimers()
    const { clock } = real()
    const days = 40 * 86_400_000
    let woken = false
    const sleeping = clock.sleep(days).then(() => {
      woken = true
    })
    await vi.advanceTimersByTimeAsync(days - 1)
    expect(woken).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(woken).toBe(true)
    await sleeping
  })

  test('a passive job does not keep the process alive, a driving wait does', () => {
    const handles: { hasRef(): boolean }[] = []
    const original = globalThis.setTimeout
    const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((
      fire: () => void,
      ms: number,
    ) => {
      const handle = original(fire, ms)
      handles.push(handle)
      return handle
    }) as typeof setTimeout)
    const { clock, scheduler } = real()
    const sweep = function* (): Operation<void> {
      yield sleep(60_000_000, 'sweep', { wake: 'passive' })
    }
    scheduler.start('sweep', sweep(), () => {})
    expect(handles.map((handle) => handle.hasRef())).toEqual([false])
    clock.sleep(60_000).catch(() => {})
    expect(handles.at(-1)?.hasRef()).toBe(true)
    scheduler.stop()
    spy.mockRestore()
  })
})

test('a fork counts from the same start', () => {
  const { clock } = real()
  expect(Math.abs(clock.fork().elapsed() - clock.elapsed())).toBeLessThan(60_000)
})

test('stop ends the sleepers and leaves no timer behind', async () => {
  vi.useFakeTimers()
  const { clock, scheduler } = real()
  const sleeping = clock.sleep(1_000)
  const running = scheduler.run('nap', nap(2_000_000))
  scheduler.stop()
  await expect(sleeping).rejects.toThrow('stopped')
  await expect(running).rejects.toThrow('stopped')
  expect(vi.getTimerCount()).toBe(0)
})
