import fc, { type Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { compileFilter, implies } from '../../../src/engine/query/index.ts'

const says = (filter: Document, other: Document) =>
  implies(compileFilter(filter), compileFilter(other))

describe('one filter implies another', () => {
  // Source: expression_algo_test.cpp (8.0)
  it.each<[filter: Document, other: Document, answer: boolean]>([
    [{ a: 1 }, {}, true],
    [{ a: 1, b: 2 }, { a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: { $gt: 5 } }, { a: { $gt: 3 } }, true],
    [{ a: { $gt: 3 } }, { a: { $gt: 3 } }, true],
    [{ a: { $gte: 3 } }, { a: { $gt: 3 } }, false],
    [{ a: { $lt: 3 } }, { a: { $lte: 3 } }, true],
    [{ a: { $gt: 5 } }, { a: { $lt: 9 } }, false],
    [{ a: { $gt: 'x' } }, { a: { $gt: 3 } }, false],
    [{ a: 7 }, { a: { $gt: 3 } }, true],
    [{ a: { $in: [4, 7] } }, { a: { $gt: 3 } }, true],
    [{ a: { $in: [1, 7] } }, { a: { $gt: 3 } }, false],
    [{ a: 1 }, { a: { $exists: true } }, true],
    [{ a: null }, { a: { $exists: true } }, false],
    [{ a: /x/ }, { a: { $exists: true } }, true],
    [{ a: 'x' }, { a: { $type: 'string' } }, true],
    [{ a: 1 }, { a: { $type: 'string' } }, false],
    [{ a: 1 }, { a: { $in: [1, 2] } }, true],
    [{ $or: [{ a: 1 }, { a: 2 }] }, { a: { $lt: 3 } }, true],
    [{ a: 1 }, { $or: [{ a: 1 }, { b: 1 }] }, true],
    [{ b: 1 }, { a: 1 }, false],
  ])('%j, %j: %j', (filter, other, answer) => {
    expect(says(filter, other)).toBe(answer)
  })

  const operand = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', 'y', null))
  const condition: Arbitrary<unknown> = fc.oneof(
    operand,
    fc.tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$eq'), operand).map(([name, one]) => ({
      [name]: one,
    })),
    fc.array(operand, { minLength: 1, maxLength: 2 }).map((values) => ({ $in: values })),
    fc.constantFrom({ $exists: true }, { $type: 'int' }, { $type: 'string' }),
  )
  const simple = fc.record(
    { a: condition, b: condition },
    { requiredKeys: [] },
  ) as Arbitrary<Document>
  const filter: Arbitrary<Document> = fc.oneof(
    simple,
    fc.tuple(simple, simple).map(([one, other]) => ({ $or: [one, other] })),
  )
  const field = fc.oneof(operand, fc.array(operand, { maxLength: 2 }))
  const document = fc.record({ a: field, b: field }, { requiredKeys: [] }) as Arbitrary<Document>

  it('only where each document that satisfies it satisfies the other', () => {
    let implications = 0
    fc.assert(
      fc.property(
        filter,
        filter,
        fc.array(document, { maxLength: 20 }),
        (one, other, documents) => {
          const given = compileFilter(one)
          const wanted = compileFilter(other)
          if (!implies(given, wanted)) return
          implications++
          for (const candidate of documents.filter(given.matches)) {
            expect(wanted.matches(candidate)).toBe(true)
          }
        },
      ),
      { numRuns: 3000 },
    )
    expect(implications).toBeGreaterThan(100)
  })
})
