import { Decimal128, Long } from 'bson'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { compileFilter, describeSchemaFailure } from '../../../src/engine/query/index.ts'

// Source: json_schema_parser.cpp and its tests (8.0)
describe('$jsonSchema', () => {
  it.each<[schema: Document, matching: Document[], others: Document[]]>([
    [{}, [{}, { a: 1 }], []],
    [{ required: ['a', 'b'] }, [{ a: 1, b: null }], [{ a: 1 }, {}]],
    [
      { properties: { a: { bsonType: 'int' } } },
      [{ a: 1 }, {}, { b: 'x' }],
      [{ a: 'x' }, { a: 1.5 }, { a: Long.ONE }],
    ],
    [
      { properties: { a: { bsonType: ['string', 'number'] } } },
      [{ a: 1.5 }, { a: 'x' }],
      [{ a: [] }],
    ],
    [{ properties: { a: { type: 'number' } } }, [{ a: Decimal128.fromString('1') }], [{ a: '1' }]],
    [
      { properties: { a: { enum: ['x', 5, { b: 1 }] } } },
      [{ a: Long.fromNumber(5) }, { a: { b: 1 } }],
      [{ a: 'y' }],
    ],
    [
      { properties: { a: { minimum: 2, maximum: 5 } } },
      [{ a: 2 }, { a: 5 }, { a: 'x' }],
      [{ a: 1 }, { a: 6 }],
    ],
    [{ properties: { a: { minimum: 2, exclusiveMinimum: true } } }, [{ a: 2.5 }], [{ a: 2 }]],
    [{ properties: { a: { multipleOf: 3 } } }, [{ a: 9 }, { a: -3 }], [{ a: 10 }]],
    [
      { properties: { a: { minLength: 2, maxLength: 3 } } },
      [{ a: '😀😀' }, { a: 5 }],
      [{ a: 'x' }, { a: 'abcd' }],
    ],
    [{ properties: { a: { pattern: '^x' } } }, [{ a: 'xy' }, { a: 1 }], [{ a: 'y' }]],
    [
      { properties: { a: { minItems: 1, maxItems: 2, uniqueItems: true } } },
      [{ a: [1] }, { a: 'x' }],
      [{ a: [] }, { a: [1, 1] }, { a: [1, 2, 3] }],
    ],
    [
      { properties: { a: { items: { bsonType: 'int' } } } },
      [{ a: [1, 2] }, { a: [] }],
      [{ a: [1, 'x'] }],
    ],
    [
      { properties: { a: { items: [{ bsonType: 'int' }], additionalItems: false } } },
      [{ a: [1] }],
      [{ a: ['x'] }, { a: [1, 2] }],
    ],
    [{ properties: { a: {} }, additionalProperties: false }, [{ a: 1 }], [{ a: 1, b: 2 }]],
    [
      { patternProperties: { '^n': { type: 'number' } }, additionalProperties: { type: 'string' } },
      [{ n1: 5, x: 's' }],
      [{ n1: 's' }, { x: 5 }],
    ],
    [{ minProperties: 1, maxProperties: 2 }, [{ a: 1 }], [{}, { a: 1, b: 2, c: 3 }]],
    [{ dependencies: { a: ['b'] } }, [{ a: 1, b: 1 }, { b: 1 }], [{ a: 1 }]],
    [{ dependencies: { a: { required: ['c'] } } }, [{ a: 1, c: 1 }], [{ a: 1 }]],
    [
      { properties: { a: { properties: { b: { type: 'string' } }, required: ['b'] } } },
      [{ a: { b: 'x' } }, { a: 1 }],
      [{ a: {} }, { a: { b: 1 } }],
    ],
    [{ allOf: [{ required: ['a'] }, { required: ['b'] }] }, [{ a: 1, b: 1 }], [{ a: 1 }]],
    [{ anyOf: [{ required: ['a'] }, { required: ['b'] }] }, [{ a: 1 }], [{}]],
    [{ oneOf: [{ required: ['a'] }, { required: ['b'] }] }, [{ a: 1 }], [{ a: 1, b: 1 }, {}]],
    [{ not: { required: ['a'] } }, [{}], [{ a: 1 }]],
    [{ title: 't', description: 'd' }, [{}], []],
  ])('%j', (schema, matching, others) => {
    const { matches } = compileFilter({ $jsonSchema: schema })
    expect(matching.filter(matches)).toEqual(matching)
    expect(others.filter(matches)).toEqual([])
  })

  it.each<[schema: unknown, code: number, message: string]>([
    [5, 14, "$jsonSchema keyword '$jsonSchema' must be an object"],
    [{ nope: 1 }, 9, 'Unknown $jsonSchema keyword: nope'],
    [{ $ref: '#' }, 9, "$jsonSchema keyword '$ref' is not currently supported"],
    [{ type: 'integer' }, 9, "$jsonSchema type 'integer' is not currently supported."],
    [{ bsonType: 'nope' }, 2, 'Unknown type name alias: nope'],
    [
      { type: 'object', bsonType: 'object' },
      9,
      "Cannot specify both $jsonSchema keywords 'type' and 'bsonType'",
    ],
    [{ required: [] }, 9, "$jsonSchema keyword 'required' cannot be an empty array"],
    [{ maximum: 'x' }, 14, "$jsonSchema keyword 'maximum' must be a number"],
    [{ allOf: [] }, 9, "$jsonSchema keyword 'allOf' must be a non-empty array"],
  ])('%j is refused', (schema, code, message) => {
    expect(() => compileFilter({ $jsonSchema: schema })).toThrow(
      expect.objectContaining({ code, message }),
    )
  })

  it('tells which rules failed, and how', () => {
    const schema = {
      bsonType: 'object',
      title: 'people',
      required: ['name', 'year'],
      properties: {
        name: { bsonType: 'string', description: 'must be a string' },
        tags: { items: { enum: ['x'] } },
      },
    }
    expect(describeSchemaFailure(schema, { name: 5, tags: ['x', 'y'] })).toEqual({
      operatorName: '$jsonSchema',
      title: 'people',
      schemaRulesNotSatisfied: [
        {
          operatorName: 'required',
          specifiedAs: { required: ['name', 'year'] },
          missingProperties: ['year'],
        },
        {
          operatorName: 'properties',
          propertiesNotSatisfied: [
            {
              propertyName: 'name',
              description: 'must be a string',
              details: [
                {
                  operatorName: 'bsonType',
                  specifiedAs: { bsonType: 'string' },
                  reason: 'type did not match',
                  consideredValue: 5,
                  consideredType: 'int',
                },
              ],
            },
            {
              propertyName: 'tags',
              details: [
                {
                  operatorName: 'items',
                  reason: 'At least one item did not match the sub-schema',
                  itemIndex: 1,
                  details: [
                    {
                      operatorName: 'enum',
                      specifiedAs: { enum: ['x'] },
                      reason: 'value was not found in enum',
                      consideredValue: 'y',
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
    })
  })
})
