/** The rules by which the runner compares ("Evaluating Matches" in the format's specification). */
import { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp, UUID } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { difference } from '../../scripts/conformance/match/match.ts'
import type { MatchScope } from '../../scripts/conformance/match/operators.ts'

const session = { id: new UUID('00112233-4455-6677-8899-aabbccddeeff') }
const scope: MatchScope = {
  savedValue: (name) => ({ id0: 5, document0: { a: 1 } })[name],
  sessionId: () => session,
  noteWay: () => undefined,
}

const found = (expected: unknown, actual: unknown, rootElements = false): string | undefined =>
  difference(expected, actual, { scope, path: 'it', rootElements })

const matching: [what: string, expected: unknown, actual: unknown][] = [
  ['numbers of any width', { a: 1, b: 2, c: 3 }, { a: new Int32(1), b: Long.fromNumber(2), c: 3n }],
  ['a double of the same value', 1, new Double(1)],
  ['fields in any order', { a: 1, b: 2 }, { b: 2, a: 1 }],
  ['more fields at the root', { a: 1 }, { a: 1, b: 2 }],
  ['a field that is undefined, as if it were missing', { a: {} }, { a: { b: undefined } }],
  [
    'a map as a document',
    { '0': { x: 1 }, sort: { a: 1 } },
    new Map<unknown, unknown>([
      [0, { x: 1 }],
      ['sort', new Map([['a', 1]])],
    ]),
  ],
  ['ids by value', new ObjectId('0'.repeat(24)), new ObjectId('0'.repeat(24))],
  ['null', { a: null }, { a: null }],
  ['$$exists', { a: { $$exists: true }, b: { $$exists: false } }, { a: null }],
  ['$$type', { a: { $$type: ['int', 'long'] } }, { a: 5 }],
  ['$$type of all numbers', { $$type: 'number' }, Decimal128.fromString('1')],
  ['$$unsetOrMatches without a value', { a: { $$unsetOrMatches: 5 } }, {}],
  ['$$unsetOrMatches with more at the root', { $$unsetOrMatches: { a: 1 } }, { a: 1, b: 2 }],
  ['$$matchesEntity', { a: { $$matchesEntity: 'id0' } }, { a: 5 }],
  ['$$sessionLsid', { $$sessionLsid: 'session0' }, { id: new Binary(session.id.buffer, 4) }],
  ['$$lte', { $$lte: 5 }, Long.fromNumber(5)],
  ['$$matchesHexBytes', { $$matchesHexBytes: '12aB' }, Buffer.from([0x12, 0xab])],
  ['$$matchAsDocument', { $$matchAsDocument: { a: 1 } }, '{"a": {"$numberLong": "1"}}'],
  [
    '$$matchAsRoot',
    { x: { $$matchAsDocument: { $$matchAsRoot: { a: 1 } } } },
    { x: '{"a":1,"b":2}' },
  ],
]

const differing: [what: string, expected: unknown, actual: unknown, sentence: string][] = [
  ['another value', { a: 1 }, { a: 2 }, 'it.a should be 1, and is 2'],
  ['another type', { a: '1' }, { a: 1 }, 'it.a should be "1", and is 1'],
  ['a decimal where a number should be', 1, Decimal128.fromString('1'), 'another type'],
  ['a missing field', { a: { b: 1 } }, { a: {} }, 'it.a.b is missing'],
  ['null for a missing field', { a: null }, {}, 'it.a is missing'],
  ['more fields deeper down', { a: { b: 1 } }, { a: { b: 1, c: 2 } }, 'it.a should not have c'],
  ['fewer elements', [1, 2], [1], 'it should have 2 elements'],
  ['a document for an array', [1], { 0: 1 }, 'it should be an array'],
  ['an array for a document', { 0: 1 }, [1], 'it should be a document'],
  ['an id for a document', { a: {} }, { a: new ObjectId() }, 'it.a should be a document'],
  ['$$exists, and it does not', { a: { $$exists: true } }, {}, 'it.a is missing'],
  ['$$exists: false, and it does', { a: { $$exists: false } }, { a: null }, 'it.a should not be'],
  ['$$type', { a: { $$type: 'string' } }, { a: 5 }, 'it.a should be of type string'],
  ['$$type of an id', { $$type: 'object' }, new ObjectId(), 'should be of type object'],
  ['$$lte', { $$lte: 5 }, 5.5, 'it should be at most 5'],
  ['$$sessionLsid', { $$sessionLsid: 's' }, { id: new UUID() }, 'it.id should be'],
  ['$$matchesHexBytes', { $$matchesHexBytes: '12ab' }, Buffer.from([0x12]), 'the bytes 12ab'],
  ['$$matchAsDocument', { x: { $$matchAsDocument: { a: 1 } } }, { x: '{"a":1,"b":2}' }, 'have b'],
  ['a time stamp', new Timestamp({ t: 1, i: 1 }), new Timestamp({ t: 1, i: 2 }), 'it should be'],
]

describe('matches', () => {
  it.each(matching)('%s', (_, expected, actual) => {
    expect(found(expected, actual)).toBeUndefined()
  })

  it('elements as root-level documents only where they are', () => {
    expect(found([{ a: 1 }], [{ a: 1, b: 2 }], true)).toBeUndefined()
    expect(found([{ a: 1 }], [{ a: 1, b: 2 }])).toBe('it[0] should not have b')
  })

  it('every document with itself, its fields in another order', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null), tie('document')),
      document: fc.dictionary(
        fc.string().filter((name) => !name.startsWith('$$')),
        tie('value'),
        {
          maxKeys: 4,
        },
      ),
    }))
    const reversed = (item: unknown): unknown =>
      typeof item === 'object' && item !== null
        ? Object.fromEntries(
            Object.entries(item)
              .map(([k, v]) => [k, reversed(v)])
              .reverse(),
          )
        : item
    fc.assert(
      fc.property(value.document, (document) => found(document, reversed(document)) === undefined),
    )
  })
})

describe('does not match', () => {
  it.each(differing)('%s', (_, expected, actual, sentence) => {
    expect(found(expected, actual)).toContain(sentence)
  })
})

it.each([
  [{ $$nosuch: 1 }, 'there is no operator $$nosuch'],
  [{ a: { $$type: 'nosuch' } }, "$$type knows no type 'nosuch'"],
  [{ a: { $$matchesHexBytes: '1' } }, 'not hexadecimal'],
])('%j is an error of the test', (expected, message) => {
  expect(() => found(expected, { a: 1 })).toThrow(message)
})
