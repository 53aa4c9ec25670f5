import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SortedPages } from '../../src/storage/rows/sorted_pages.ts'
import { Row } from '../../src/storage/update.ts'

/** Keys that differ within the six bytes that a page keeps of them, behind those, or in length. */
const key = fc
  .tuple(
    fc.constantFrom('', 'a', 'abcde', 'abcdef', 'abcdefg', 'abcdefgh\0'),
    fc.array(fc.constantFrom('\0', '\x01', 'b', '\xff'), { maxLength: 3 }),
  )
  .map(([begin, rest]) => begin + rest.join(''))
const end = fc.option(key, { nil: undefined })
const range = fc.record({
  from: end,
  fromInclusive: fc.boolean(),
  to: end,
  toInclusive: fc.boolean(),
  reverse: fc.boolean(),
})

function keysOf(pages: SortedPages<number>, over: Parameters<typeof pages.walk>[0]): string[] {
  const walk = pages.walk(over)
  const keys: string[] = []
  for (let row = walk.next(); row !== undefined; row = walk.next()) keys.push(row.key)
  expect(walk.next()).toBeUndefined()
  return keys
}

function isWithin(it: string, over: Parameters<SortedPages<number>['walk']>[0]): boolean {
  const { from, fromInclusive, to, toInclusive, reverse } = over
  const isAfter = (bound: string) => (reverse ? it < bound : it > bound)
  if (from !== undefined && !(isAfter(from) || (fromInclusive && it === from))) return false
  return to === undefined || !isAfter(to) ? to === undefined || toInclusive || it !== to : false
}

describe('SortedPages', () => {
  it('agrees with a sorted array, whatever the size of its pages', () => {
    const step = fc.tuple(fc.constantFrom('add', 'add', 'add', 'delete'), key)
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.array(step, { maxLength: 80 }),
        fc.array(range, { maxLength: 8 }),
        (pageRowsMax, steps, ranges) => {
          const pages = new SortedPages<number>(pageRowsMax)
          const model = new Map<string, Row<string, number>>()
          for (const [what, of] of steps) {
            if (what === 'add') {
              const row = new Row<string, number>(of)
              expect(pages.add(row)).toBe(model.get(of) ?? row)
              if (!model.has(of)) model.set(of, row)
            } else {
              pages.delete(of)
              model.delete(of)
            }
            expect(pages.find(of)).toBe(model.get(of))
            expect(pages.size).toBe(model.size)
          }
          const sorted = [...model.keys()].sort((a, b) => (a < b ? -1 : 1))
          expect([...pages.all()].map((row) => row.key)).toEqual(sorted)
          for (const over of ranges) {
            const expected = sorted.filter((it) => isWithin(it, over))
            expect(keysOf(pages, over)).toEqual(over.reverse ? expected.reverse() : expected)
          }
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('holds many rows, in whatever order they come', () => {
    const count = 20_000
    for (const stride of [1, count - 1, 7919]) {
      const pages = new SortedPages<number>()
      for (let i = 0; i < count; i++) {
        pages.add(new Row<string, number>(String((i * stride) % count).padStart(9, '0')))
      }
      expect(pages.size).toBe(count)
      let before = ''
      for (const row of pages.all()) {
        expect(row.key > before).toBe(true)
        before = row.key
      }
    }
  })
})
