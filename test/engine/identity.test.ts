import { describe, expect, test } from 'vitest'
import { ObjectIdFactory } from '../../src/engine/index.ts'
import { AutoClock, Random } from '../../src/sim/index.ts'

const START_US = 1_700_000_000_000_000

describe('object ids', () => {
  test('say the second of the virtual clock, and grow', async () => {
    const clock = new AutoClock(START_US)
    const ids = new ObjectIdFactory(clock, new Random(1))
    const first = ids.mint()
    expect(first.getTimestamp().getTime()).toBe(START_US / 1000)
    await clock.advance(1_500)
    const later = ids.mint()
    expect(later.getTimestamp().getTime()).toBe(START_US / 1000 + 1_000)
    expect(later.toString('hex') > first.toString('hex')).toBe(true)
  })

  test('are the same for the same seed, and others for another', () => {
    const mint = (seed: number) =>
      new ObjectIdFactory(new AutoClock(START_US), new Random(seed)).mint().toString('hex')
    expect(mint(1)).toBe(mint(1))
    expect(mint(2)).not.toBe(mint(1))
  })

  test('are never the same twice, over the end of the counter too', () => {
    const ids = new ObjectIdFactory(new AutoClock(START_US), new Random(3))
    const minted = new Set(Array.from({ length: 10_000 }, () => ids.mint().toString('hex')))
    expect(minted.size).toBe(10_000)
  })
})
