import { Timestamp } from 'bson'
import { beforeEach, describe, expect, test } from 'vitest'
import { LogicalTime } from '../../src/engine/index.ts'
import { AutoClock } from '../../src/sim/index.ts'
import { Store, type Table } from '../../src/storage/index.ts'

const START_US = 1_700_000_000_000_000
const START_SECS = 1_700_000_000

let clock: AutoClock
let store: Store
let table: Table<string, number>
let time: LogicalTime
beforeEach(() => {
  clock = new AutoClock(START_US)
  store = new Store()
  table = store.createTable({ name: 't', keys: 'string' })
  time = new LogicalTime(clock, store)
})

function write(): void {
  const transaction = store.begin()
  transaction.put(table, 'x', 1)
  transaction.commit()
}

const at = ({ t, i }: Timestamp): [number, number] => [t - START_SECS, i]
const of = (seconds: number, increment: number): Timestamp =>
  new Timestamp({ t: START_SECS + seconds, i: increment })

test('counts within a second and begins anew with the next', async () => {
  expect([at(time.next()), at(time.next()), at(time.next())]).toEqual([
    [0, 1],
    [0, 2],
    [0, 3],
  ])
  await clock.advance(2_000)
  expect(at(time.next())).toEqual([2, 1])
  expect(at(time.latest())).toEqual([2, 1])
})

test('goes on in a fork from where it stands', () => {
  write()
  const fork = new LogicalTime(clock.fork(), new Store())
  fork.continueFrom(time)
  expect(fork.lastWrite()).toEqual(time.lastWrite())
  expect(fork.next().greaterThan(time.latest())).toBe(true)
})

describe('the time of the last write', () => {
  test('is given when somebody asks, once for all writes before', () => {
    const first = at(time.lastWrite())
    expect(at(time.lastWrite())).toEqual(first)
    write()
    write()
    expect(at(time.lastWrite())).toEqual([0, first[1] + 1])
    store.begin().rollback()
    expect(at(time.lastWrite())).toEqual([0, first[1] + 1])
  })

  // Source: periodicNoopIntervalSecs, noop_writer.cpp
  test('goes on by itself where nobody writes for ten seconds', async () => {
    const first = at(time.lastWrite())
    await clock.advance(9_000)
    expect(at(time.lastWrite())).toEqual(first)
    await clock.advance(1_000)
    expect(at(time.lastWrite())).toEqual([10, 1])
  })

  test('reaches a time that was asked for', () => {
    time.lastWrite()
    time.advanceTo(of(5, 7), 100)
    time.reach(of(5, 7))
    expect(at(time.lastWrite())).toEqual([5, 8])
    time.reach(of(5, 8))
    expect(at(time.lastWrite())).toEqual([5, 8])
  })
})

describe('cluster time', () => {
  test('follows what is seen elsewhere, and the next write comes after it', () => {
    const before = at(time.lastWrite())
    time.advanceTo(of(7, 3), 100)
    expect(at(time.clusterTime())).toEqual([7, 3])
    expect(at(time.lastWrite())).toEqual(before)
    write()
    expect(at(time.lastWrite())).toEqual([7, 4])
    expect(at(time.clusterTime())).toEqual([7, 4])
  })

  test('never goes back', () => {
    time.advanceTo(of(7, 3), 100)
    time.advanceTo(of(7, 2), 100)
    time.advanceTo(of(3, 9), 100)
    expect(at(time.clusterTime())[0]).toBe(7)
    expect(at(time.latest())[1]).toBeGreaterThanOrEqual(3)
  })

  // Source: `_ensurePassesRateLimiter`, vector_clock.cpp (8.0)
  test('is not led astray', () => {
    expect(() => time.advanceTo(of(101, 1), 100)).toThrow(
      `New $clusterTime, ${START_SECS + 101}, is too far from this node's wall clock time, ${START_SECS}.`,
    )
    expect(() => time.advanceTo(new Timestamp({ t: 0x8000_0000, i: 1 }), 2 ** 32)).toThrow(
      '$clusterTime cannot be advanced beyond its maximum value',
    )
  })
})
