import { Decimal128 } from 'bson'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { ServerError } from '../../../src/engine/errors.ts'
import { compileFilter, compileProjection } from '../../../src/engine/query/index.ts'
import { compileSort } from '../../../src/engine/sort/index.ts'
import { context } from '../expression/compute.ts'

function errorOf(compile: () => unknown): { code: number; codeName: string; message: string } {
  try {
    compile()
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    const { code, codeName, message } = error
    return { code, codeName, message }
  }
  throw new Error('no error')
}

// Messages: server, matcher/expression_parser.cpp and expression_leaf.cpp (8.0)
describe('filters', () => {
  it.each<[Document, number, string]>([
    [
      { $foo: 1 },
      2,
      "unknown top level operator: $foo. If you have a field name that starts with a '$' symbol, consider" +
        ' using $getField or $setField.',
    ],
    [
      { $not: { a: 1 } },
      2,
      'unknown top level operator: $not. If you are trying to negate an entire expression, use $nor.',
    ],
    [{ a: { $foo: 1 } }, 2, 'unknown operator: $foo'],
    [{ a: { $gt: 1, b: 2 } }, 2, 'unknown operator: b'],
    [{ a: { $where: '1' } }, 2, '$where cannot be applied to a field'],
    [{ a: { $gt: /x/ } }, 2, "Can't have RegEx as arg to predicate over field 'a'."],
    [{ a: { $ne: /x/ } }, 2, "Can't have regex as arg to $ne."],
    [{ a: { $in: 1 } }, 2, '$in needs an array'],
    [{ a: { $nin: 1 } }, 2, '$nin needs an array'],
    [{ a: { $in: [{ $gt: 1 }] } }, 2, 'cannot nest $ under $in'],
    [{ a: { $not: 1 } }, 2, '$not needs a regex or a document'],
    [{ a: { $not: {} } }, 2, '$not cannot be empty'],
    [{ $and: 1 }, 2, '$and must be an array'],
    [{ $or: [] }, 2, '$and/$or/$nor must be a nonempty array'],
    [{ $nor: [1] }, 2, '$or/$and/$nor entries need to be full objects'],
    [{ a: { $size: 'x' } }, 2, 'Failed to parse $size. Expected a number in: $size: "x"'],
    [
      { a: { $size: -1 } },
      2,
      'Failed to parse $size. Expected a non-negative number in: $size: -1',
    ],
    [{ a: { $size: 1.5 } }, 2, 'Failed to parse $size. Expected an integer: $size: 1.5'],
    [{ a: { $all: 1 } }, 2, '$all needs an array'],
    [{ a: { $all: [1, { $gt: 1 }] } }, 2, 'no $ expressions in $all'],
    [{ a: { $all: [{ $elemMatch: {} }, 1] } }, 2, '$all/$elemMatch has to be consistent'],
    [{ a: { $elemMatch: 1 } }, 2, '$elemMatch needs an Object'],
    [{ a: { $mod: 1 } }, 2, 'malformed mod, needs to be an array'],
    [{ a: { $mod: [] } }, 2, 'malformed mod, not enough elements'],
    [{ a: { $mod: ['x'] } }, 2, 'malformed mod, divisor not a number'],
    [{ a: { $mod: [1] } }, 2, 'malformed mod, not enough elements'],
    [{ a: { $mod: [1, 'x'] } }, 2, 'malformed mod, remainder not a number'],
    [{ a: { $mod: [1, 2, 3] } }, 2, 'malformed mod, too many elements'],
    [{ a: { $mod: [0, 1] } }, 2, 'divisor cannot be 0'],
    [
      { a: { $mod: [Number.NaN, 1] } },
      2,
      'malformed mod, divisor value is invalid :: caused by :: Unable to coerce NaN/Inf to integral type',
    ],
    [
      { a: { $mod: [1, 2 ** 63] } },
      2,
      'malformed mod, remainder value is invalid :: caused by :: Out of bounds coercing to integral value',
    ],
    [{ a: { $regex: 1 } }, 2, '$regex has to be a string'],
    [{ a: { $regex: 'x', $options: 1 } }, 2, '$options has to be a string'],
    [{ a: { $options: 'i' } }, 2, '$options needs a $regex'],
    [{ a: { $regex: /x/i, $options: 'm' } }, 51075, 'options set in both $regex and $options'],
    [{ a: { $options: 'm', $regex: /x/i } }, 51074, 'options set in both $regex and $options'],
    [{ a: { $regex: 'x', $options: 'g' } }, 51108, ' invalid flag in regex options: g'],
    [{ a: { $type: 'foo' } }, 2, 'Unknown type name alias: foo'],
    [{ a: { $type: 100 } }, 2, 'Invalid numerical type code: 100'],
    [{ a: { $type: 0 } }, 2, 'Invalid numerical type code: 0. Instead use {$exists:false}.'],
    [{ a: { $type: true } }, 14, 'type must be represented as a number or a string'],
    [{ a: { $type: [] } }, 9, 'a must match at least one type'],
    [{ $alwaysTrue: 2 }, 9, '$alwaysTrue must be an integer value of 1'],
    [{ $alwaysFalse: Decimal128.fromString('1.5') }, 9, 'Expected an integer: $alwaysFalse: 1.5'],
    [{ [`a${'.a'.repeat(180)}`]: 1 }, 5729100, 'FieldPath is too long'],
  ])('%j', (filter, code, message) => {
    expect(errorOf(() => compileFilter(filter))).toMatchObject({ code, message })
  })

  it('refuses an invalid regular expression', () => {
    const error = errorOf(() => compileFilter({ a: { $regex: '(' } }))
    expect(error).toMatchObject({ code: 51091, codeName: 'Location51091' })
    expect(error.message).toMatch(/^Regular expression is invalid: /)
  })

  it.each([
    { $where: 'true' },
    { $text: { $search: 'x' } },
    { a: { $near: [0, 0] } },
    { a: { $geoWithin: {} } },
    { a: { $not: { $geoIntersects: 1 } } },
  ])('names what is still to come: %j', (filter) => {
    const { code, message } = errorOf(() => compileFilter(filter))
    expect(code).toBe(238)
    expect(message).toMatch(/^query operator \$\w+ is not supported yet$/)
  })
})

// Messages: server, query/sort_pattern.cpp, pipeline/field_path.cpp (8.0)
describe('sorts', () => {
  it.each<[Document, number, string]>([
    [{ a: 'asc' }, 15974, 'Illegal key in $sort specification: a: "asc"'],
    [{ a: 2 }, 15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)'],
    [{ a: 0 }, 15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)'],
    [{ '': 1 }, 40352, 'FieldPath cannot be constructed with empty string'],
    [{ 'a.': 1 }, 40353, "FieldPath must not end with a '.'."],
    [{ 'a..b': 1 }, 15998, 'FieldPath field names may not be empty strings.'],
    [
      { $a: 1 },
      16410,
      "FieldPath field names may not start with '$'. Consider using $getField or $setField.",
    ],
    [{ a: { $foo: 1 } }, 17312, '$meta is the only expression supported by $sort right now'],
    [{ a: { $meta: 'textScore' } }, 238, 'sorting by $meta is not supported yet'],
    [{ $natural: 1, a: 1 }, 2, "Cannot include '$natural' in compound sort: { $natural: 1, a: 1 }"],
    [{ $natural: 2 }, 2, '$natural sort cannot be set to a value other than -1 or 1.'],
  ])('%j', (sort, code, message) => {
    expect(errorOf(() => compileSort(sort))).toMatchObject({ code, message })
  })

  it('refuses parallel arrays when it meets them', () => {
    const sort = compileSort({ a: 1, b: 1 })
    expect(errorOf(() => sort.keyOf({ a: [1], b: [2] }))).toMatchObject({
      code: 2,
      message: 'cannot sort with keys that are parallel arrays',
    })
  })
})

// Messages: server, query/projection_parser.cpp (8.0)
describe('projections', () => {
  it.each<[Document, number, string]>([
    [{ a: 1, b: 0 }, 31254, 'Cannot do exclusion on field b in inclusion projection'],
    [{ a: 0, b: 1 }, 31253, 'Cannot do inclusion on field b in exclusion projection'],
    [{ a: { b: 1, c: 0 } }, 31254, 'Cannot do exclusion on field c in inclusion projection'],
    [{ a: 1, 'a.b': 1 }, 31249, 'Path collision at a.b remaining portion b'],
    [{ 'a.b': 1, a: 1 }, 31250, 'Path collision at a'],
    [{ a: {} }, 51270, 'An empty sub-projection is not a valid value. Found empty object at path'],
    [
      { $a: 1 },
      16410,
      "FieldPath field names may not start with '$'. Consider using $getField or $setField.",
    ],
    [{ 'a.': 1 }, 40353, "FieldPath must not end with a '.'."],
    [{ a: { $elemMatch: 1 } }, 31274, 'elemMatch: Invalid argument, object required, but got int'],
    [{ 'a.b': { $elemMatch: {} } }, 31275, 'Cannot use $elemMatch projection on a nested field.'],
    [
      { a: 0, b: { $add: [1] } },
      31252,
      'Cannot use expression other than $meta in exclusion projection',
    ],
    [{ a: { $nope: [1] } }, 168, "Unrecognized expression '$nope'"],
    [{ a: 0, b: 'x' }, 31310, 'Cannot use an expression b: "x" in an exclusion projection'],
    [{ 'a.$': 0 }, 31395, 'positional projection cannot be used with exclusion'],
    [{ 'a.$': 'x' }, 31308, 'positional projection cannot be used with an expression'],
    [
      { 'a.$': 1, 'b.$': 1 },
      31276,
      'Cannot specify more than one positional projection per query.',
    ],
    [{ a: { $meta: 'textScore' } }, 238, '$meta in a projection is not supported yet'],
    [
      { a: { $slice: 'x' } },
      28667,
      'Invalid $slice syntax. The given syntax { $slice: "x" } did not match the find() syntax because ::' +
        ' Location31273: $slice only supports numbers and [skip, limit] arrays :: The given syntax did not' +
        ' match the expression $slice syntax. :: caused by :: Expression $slice takes at least 2 arguments,' +
        ' and at most 3, but 1 were passed in.',
    ],
  ])('%j', (projection, code, message) => {
    expect(errorOf(() => compileProjection(projection, context))).toMatchObject({ code, message })
  })
})
