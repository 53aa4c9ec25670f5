import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compressSnappy, decompressSnappy } from '../../../src/server/wire/snappy.ts'

const decompressed = (bytes: readonly number[], size: number): string =>
  Buffer.from(decompressSnappy(Uint8Array.from(bytes), size)).toString('latin1')

const literal = (text: string): number[] => [(text.length - 1) << 2, ...Buffer.from(text)]

test('gives back what the library compressed', () => {
  const repeating = fc
    .tuple(fc.uint8Array({ maxLength: 70 }), fc.nat(3_000))
    .map(([part, times]) => Buffer.concat(Array.from({ length: times % 97 }, () => part)))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 5_000 }), repeating), (bytes) => {
      const compressed = compressSnappy(bytes)
      expect(Buffer.from(decompressSnappy(compressed, bytes.length)).equals(bytes)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('a megabyte, whose copies come from far away', () => {
  const bytes = Buffer.alloc(1_000_000)
  for (let at = 0; at < bytes.length; at++) bytes[at] = (at * at) >>> (at % 7)
  const twice = Buffer.concat([bytes, bytes])
  const compressed = compressSnappy(twice)
  expect(compressed.length).toBeLessThan(twice.length)
  expect(Buffer.from(decompressSnappy(compressed, twice.length)).equals(twice)).toBe(true)
})

// The tags of format_description.txt, google/snappy.
describe('reads every kind of tag', () => {
  test.each([
    ['nothing at all', [0], ''],
    ['a literal', [3, ...literal('abc')], 'abc'],
    ['a literal whose length is in a byte', [3, 60 << 2, 2, 97, 98, 99], 'abc'],
    ['a literal whose length is in four', [3, 63 << 2, 2, 0, 0, 0, 97, 98, 99], 'abc'],
    ['a short copy', [7, ...literal('abc'), 1, 3], 'abcabca'],
    ['a copy of itself', [6, ...literal('a'), (4 << 2) | 2, 1, 0], 'aaaaaa'],
    ['a far copy', [4, ...literal('ab'), (1 << 2) | 3, 2, 0, 0, 0], 'abab'],
  ])('%s', (_, bytes, text) => {
    expect(decompressed(bytes, text.length)).toBe(text)
  })
})

describe('refuses', () => {
  test.each([
    ['nothing', [], 0],
    ['a length without end', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80], 0],
    ['another length than was promised', [3, ...literal('abc')], 4],
    ['an end that comes too early', [4, ...literal('abc')], 4],
    ['more than was promised', [2, ...literal('abc')], 2],
    ['a literal over the end', [3, 2 << 2, 97], 3],
    ['a length over the end', [3, 63 << 2, 2, 0], 3],
    ['a copy of what is not there yet', [8, ...literal('abc'), 1, 4], 7],
    ['a copy of nothing', [7, ...literal('abc'), 1, 0], 7],
    ['a copy cut off', [7, ...literal('abc'), 1], 7],
    ['a claim that so few bytes never make', [0x80, 0x80, 0x80, 8, 0], 0x1000000],
    // With a signed length it would lead back to itself.
    ['a literal of 4,294,967,291 bytes', [9, 63 << 2, 0xfa, 0xff, 0xff, 0xff, 0, 0, 0, 0], 9],
  ])('%s', (_, bytes, size) => {
    expect(() => decompressed(bytes, size)).toThrow('malformed snappy')
  })

  test('or reads whatever else comes', () => {
    const change = fc.tuple(fc.nat(10_000), fc.nat(255))
    const text = Buffer.from('the quick brown fox and the quick brown dog and the quick brown fox')
    const whole = compressSnappy(text)
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(whole)
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte
        try {
          expect(decompressSnappy(bytes, text.length)).toHaveLength(text.length)
        } catch (error) {
          expect((error as Error).message).toBe('malformed snappy')
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
