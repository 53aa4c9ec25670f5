import { describe, expect, test } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { checkIndexSpec } from '../../../src/engine/catalog/index_spec.ts'
import { ServerError } from '../../../src/engine/index.ts'

function refusalOf(spec: Document): string {
  try {
    checkIndexSpec(spec)
  } catch (error) {
    if (error instanceof ServerError) return `${error.code} ${error.message}`
    throw error
  }
  return 'accepted'
}

describe('what a user says of an index', () => {
  test('becomes the document that listIndexes prints, with the version first', () => {
    const { document } = checkIndexSpec({
      name: 'a_1_b_-1',
      unique: 1,
      key: { a: 1, b: -1 },
      sparse: true,
      background: true,
    })
    expect(Object.entries(document)).toEqual([
      ['v', 2],
      ['key', { a: 1, b: -1 }],
      ['name', 'a_1_b_-1'],
      ['unique', true],
      ['sparse', true],
    ])
  })

  test('is the _id index whatever it is called, where the key is that', () => {
    expect(checkIndexSpec({ key: { _id: 1 }, name: 'mine' })).toMatchObject({
      name: '_id_',
      unique: false,
      document: { v: 2, key: { _id: 1 }, name: '_id_' },
    })
  })

  // Source: index_key_validate.cpp (8.0).
  test.each<[Document, string]>([
    [{ name: 'a' }, "9 The 'key' field is a required property of an index specification"],
    [{ key: 1, name: 'a' }, "14 The field 'key' must be an object, but got int"],
    [{ key: { a: 1 } }, "9 The 'name' field is a required property of an index specification"],
    [{ key: { a: 1 }, name: 5 }, "14 The field 'name' must be a string, but got int"],
    [{ key: { a: 1 }, name: '*' }, "2 The index name '*' is not valid."],
    [{ key: {}, name: 'a' }, '67 Index keys cannot be an empty object'],
    [{ key: { a: 0 }, name: 'a' }, '67 Values in the index key pattern cannot be 0.'],
    [
      { key: { a: true }, name: 'a' },
      '67 Values in v:2 index key pattern cannot be of type bool. Only numbers > 0, numbers < 0, and strings are allowed.',
    ],
    [{ key: { 'a..b': 1 }, name: 'a' }, '67 Index key contains an empty field name.'],
    [
      { key: { 'a.$b': 1 }, name: 'a' },
      "67 Index key contains an illegal field name: field name starts with '$'.",
    ],
    [
      { key: { a: 1 }, name: 'a', nonsense: 1 },
      '197 The field \'nonsense\' is not valid for an index specification. Specification: { key: { a: 1 }, name: "a", nonsense: 1 }',
    ],
    [
      { key: { _id: 1 }, name: '_id_', sparse: true },
      '197 The field \'sparse\' is not valid for an _id index specification. Specification: { key: { _id: 1 }, name: "_id_", sparse: true }',
    ],
    [
      { key: { _id: -1 }, name: 'a' },
      "2 The field 'key' for an _id index must be {_id: 1}, but got { _id: -1 }",
    ],
    [
      { key: { a: 1 }, name: 'a', expireAfterSeconds: -1 },
      '67 TTL index \'expireAfterSeconds\' option cannot be less than 0. Index spec: { key: { a: 1 }, name: "a", expireAfterSeconds: -1 }',
    ],
    [
      { key: { a: 1, b: 1 }, name: 'a', expireAfterSeconds: 1 },
      '67 TTL indexes are single-field indexes, compound indexes do not support TTL. Index spec: { key: { a: 1, b: 1 }, name: "a", expireAfterSeconds: 1 }',
    ],
  ])('%j is refused: %s', (spec, expected) => {
    expect(refusalOf(spec)).toBe(expected)
  })

  test.each(['wildcardProjection', 'weights'])(
    'the option %s is refused as not built yet, never ignored',
    (option) => {
      expect(refusalOf({ key: { a: 1 }, name: 'a', [option]: {} })).toMatch(/^238 Index option/)
    },
  )

  test('32 fields are allowed, 33 are not', () => {
    const key = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, 1]))
    expect(refusalOf({ key: key(32), name: 'a' })).toBe('accepted')
    expect(refusalOf({ key: key(33), name: 'a' })).toBe(
      '13103 too many compound keys, maximum 32 are allowed',
    )
  })
})
