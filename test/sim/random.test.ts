import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../../src/sim/index.ts'

/** sfc32 as its author states it (PractRand, sfc.cpp), on an array of 32-bit words. */
function* sfc32(seed: number): Generator<number> {
  const word = new Uint32Array([seed, Math.floor(seed / 2 ** 32), 0x9e3779b9, 1])
  for (let i = 0; ; i++) {
    const [a, b, c, counter] = word as unknown as [number, number, number, number]
    const out = new Uint32Array([a + b + counter])[0]!
    word.set([b ^ (b >>> 9), c + c * 8, ((c << 21) | (c >>> 11)) + out, counter + 1])
    if (i >= 12) yield out
  }
}

describe('Random', () => {
  test('is sfc32', () => {
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (seed) => {
        const random = new Random(seed)
        const model = sfc32(seed)
        for (let i = 0; i < 50; i++) expect(random.uint32()).toBe(model.next().value)
      }),
    )
  })

  test('the same seed gives the same numbers, another seed others', () => {
    const draw = (seed: number) => {
      const random = new Random(seed)
      return Array.from({ length: 8 }, () => random.next())
    }
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
    expect(draw(1)).not.toEqual(draw(1 + 2 ** 32))
    expect(new Random(7).seed).toBe(7)
  })

  test('a clone goes on with the same numbers, on its own', () => {
    const random = new Random(3)
    random.next()
    const clone = random.clone()
    const expected = [random.next(), random.next()]
    random.next()
    expect([clone.next(), clone.next()]).toEqual(expected)
  })

  test('next is uniform in [0, 1)', () => {
    const random = new Random(11)
    const buckets = new Array<number>(16).fill(0)
    const draws = 32_000
    for (let i = 0; i < draws; i++) {
      const x = random.next()
      expect(x >= 0 && x < 1).toBe(true)
      buckets[Math.floor(x * 16)]!++
    }
    // Chi-square with 15 degrees of freedom: above 37.7 once in a thousand; the seed is fixed.
    const expected = draws / 16
    const chiSquare = buckets.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
    expect(chiSquare).toBeLessThan(37.7)
  })

  test('below gives whole numbers under the bound, all of them', () => {
    const random = new Random(5)
    const seen = new Set(Array.from({ length: 400 }, () => random.below(6)))
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('bytes gives as many as asked for', () => {
    expect(new Random(1).bytes(0)).toHaveLength(0)
    const bytes = new Random(1).bytes(4_096)
    expect(bytes).toHaveLength(4_096)
    expect(new Set(bytes).size).toBe(256)
  })
})
