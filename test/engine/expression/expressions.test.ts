import { Binary, Decimal128, Double, Long, ObjectId, Timestamp } from 'bson'
import { describe, expect, it } from 'vitest'
import { compute, NOW_MS, named, typed } from './compute.ts'

const decimal = (text: string) => Decimal128.fromString(text)
const long = (value: number) => Long.fromNumber(value)
const double = (value: number) => new Double(value)
const day = (text: string) => new Date(text)

const DOCUMENT = {
  n: 5,
  half: 2.5,
  text: 'Straße 7',
  list: [3, 1, 2],
  items: [
    { sku: 'a', qty: 2 },
    { sku: 'b', qty: 5, tag: null },
  ],
  none: null,
  at: day('2024-03-31T01:30:15.250Z'),
  inner: { x: { y: 1 } },
}

type Case = [expression: unknown, value: unknown]

/** Facts: the server's manual of each operator, and expression.cpp (8.0) for types of results. */
const TABLE: { [what: string]: Case[] } = {
  'paths and variables': [
    ['$n', 5],
    ['$items.qty', [2, 5]],
    ['$items.tag', [null]],
    ['$inner.x.y', 1],
    ['$missing', undefined],
    ['$list.0', []],
    ['$$ROOT.n', 5],
    ['$$CURRENT.inner.x', { y: 1 }],
    ['$$NOW', new Date(NOW_MS)],
    ['$$CLUSTER_TIME', new Timestamp({ t: 1_700_000_000, i: 7 })],
    ['$$REMOVE', undefined],
    [{ $literal: '$n' }, '$n'],
    [
      { a: '$n', b: { c: '$missing', d: 1 } },
      { a: 5, b: { d: 1 } },
    ],
    [
      ['$n', '$missing'],
      [5, null],
    ],
    [{}, {}],
  ],
  arithmetic: [
    [{ $add: [1, 2] }, 3],
    [{ $add: [2147483647, 1] }, long(2147483648)],
    [{ $add: ['$n', '$half', 1] }, 8.5],
    [{ $add: ['$n', decimal('0.1')] }, decimal('5.1')],
    [{ $add: [Long.MAX_VALUE, 1] }, 2 ** 63],
    [{ $add: ['$n', null] }, null],
    [{ $add: ['$at', 1000] }, day('2024-03-31T01:30:16.250Z')],
    [{ $add: [] }, 0],
    [{ $subtract: [1, 3] }, -2],
    [{ $subtract: [long(5), 3] }, long(2)],
    [{ $subtract: ['$at', day('2024-03-31T01:30:15Z')] }, long(250)],
    [{ $subtract: ['$at', 250] }, day('2024-03-31T01:30:15Z')],
    [{ $multiply: [2, 3, 0.5] }, double(3)],
    [{ $multiply: [65536, 65536] }, long(4294967296)],
    [{ $divide: [1, 4] }, 0.25],
    [{ $divide: [4, 2] }, double(2)],
    [{ $divide: [decimal('1'), 8] }, decimal('0.125')],
    [{ $mod: [-7, 3] }, -1],
    [{ $mod: [7.5, 2] }, 1.5],
    [{ $mod: [long(7), 3] }, long(1)],
    [{ $abs: -3 }, 3],
    [{ $abs: -2147483648 }, long(2147483648)],
    [{ $ceil: 2.2 }, double(3)],
    [{ $floor: -2.2 }, double(-3)],
    [{ $floor: 7 }, 7],
    [{ $sqrt: 16 }, double(4)],
    [{ $pow: [2, 10] }, 1024],
    [{ $pow: [2, 40] }, long(2 ** 40)],
    [{ $pow: [2, 70] }, 2 ** 70],
    [{ $pow: [2, -1] }, 0.5],
    [{ $log: [8, 2] }, double(3)],
    [{ $log10: 1000 }, double(3)],
    [{ $exp: 0 }, double(1)],
    [{ $round: 2.5 }, double(2)],
    [{ $round: [19.25, 1] }, 19.2],
    [{ $round: [2.675, 2] }, 2.67],
    [{ $round: [1555, -2] }, 1600],
    [{ $trunc: [-7.85, 1] }, -7.8],
    [{ $round: [decimal('10.25'), 1] }, decimal('10.2')],
    [{ $degreesToRadians: 180 }, Math.PI],
    [{ $atan2: [1, 1] }, Math.PI / 4],
    [{ $bitAnd: [6, 3] }, 2],
    [{ $bitOr: [4, long(1)] }, long(5)],
    [{ $bitXor: [7, 2] }, 5],
    [{ $bitNot: 0 }, -1],
  ],
  'comparison and logic': [
    [{ $eq: [5, long(5)] }, true],
    [{ $eq: [decimal('1.10'), 1.1] }, false],
    [{ $eq: [decimal('1.50'), 1.5] }, true],
    [{ $eq: ['$missing', null] }, false],
    [{ $cmp: [2, 'a'] }, -1],
    [{ $cmp: [[], {}] }, 1],
    [{ $lt: ['$missing', null] }, true],
    [
      {
        $gt: [
          { a: 2, b: 1 },
          { a: 1, b: 2 },
        ],
      },
      true,
    ],
    [{ $ne: [1, double(1)] }, false],
    [{ $and: [1, 'x', []] }, true],
    [{ $and: [] }, true],
    [{ $or: [0, null, '$missing', long(0)] }, false],
    [{ $not: [''] }, false],
    [{ $not: '$none' }, true],
    [{ $cond: [{ $gt: ['$n', 3] }, 'more', 'less'] }, 'more'],
    [{ $cond: named(['if', false], ['then', 1], ['else', '$n']) }, 5],
    [{ $ifNull: ['$none', '$missing', 9] }, 9],
    [
      {
        $switch: {
          branches: [
            named(['case', { $lt: ['$n', 5] }], ['then', 'low']),
            named(['case', { $eq: ['$n', 5] }], ['then', 'mid']),
          ],
          default: 'high',
        },
      },
      'mid',
    ],
  ],
  scopes: [
    [{ $let: { vars: { a: 1, b: '$n' }, in: { $add: ['$$a', '$$b'] } } }, 6],
    [{ $let: { vars: { n: { m: [{ k: 1 }] } }, in: '$$n.m.k' } }, [1]],
    [{ $let: { vars: { CURRENT: '$inner' }, in: '$x.y' } }, 1],
    [{ $map: { input: '$list', as: 'i', in: { $multiply: ['$$i', '$n'] } } }, [15, 5, 10]],
    [{ $map: { input: '$items', in: '$$this.missing' } }, [null, null]],
    [{ $map: { input: '$none', in: 1 } }, null],
    [{ $filter: { input: '$list', as: 'i', cond: { $gt: ['$$i', 1] } } }, [3, 2]],
    [{ $filter: { input: '$list', cond: true, limit: 1 } }, [3]],
    [{ $reduce: { input: '$list', initialValue: 0, in: { $add: ['$$value', '$$this'] } } }, 6],
    [
      {
        $map: {
          input: [1, 2],
          as: 'a',
          in: { $map: { input: [10, 20], as: 'b', in: { $add: ['$$a', '$$b'] } } },
        },
      },
      [
        [11, 21],
        [12, 22],
      ],
    ],
  ],
  arrays: [
    [{ $arrayElemAt: ['$list', -1] }, 2],
    [{ $arrayElemAt: ['$list', 9] }, undefined],
    [{ $first: '$list' }, 3],
    [{ $last: '$missing' }, null],
    [{ $concatArrays: [[1], '$list'] }, [1, 3, 1, 2]],
    [{ $in: [long(3), '$list'] }, true],
    [{ $indexOfArray: ['$list', 2] }, 2],
    [{ $indexOfArray: ['$list', 3, 1] }, -1],
    [{ $isArray: ['$list'] }, true],
    [{ $range: [0, 10, 3] }, [0, 3, 6, 9]],
    [{ $range: [3, 0, -1] }, [3, 2, 1]],
    [{ $reverseArray: '$list' }, [2, 1, 3]],
    [{ $size: '$list' }, 3],
    [{ $slice: ['$list', -2] }, [1, 2]],
    [{ $slice: ['$list', 1, 1] }, [1]],
    [{ $slice: ['$list', -9, 2] }, [3, 1]],
    [{ $sortArray: { input: '$list', sortBy: -1 } }, [3, 2, 1]],
    [{ $sortArray: { input: '$items', sortBy: { qty: -1 } } }, DOCUMENT.items.toReversed()],
    [{ $zip: { inputs: [[1, 2], ['a']] } }, [[1, 'a']]],
    [
      { $zip: { inputs: [[1, 2], ['a']], useLongestLength: true, defaults: [0, 'z'] } },
      [
        [1, 'a'],
        [2, 'z'],
      ],
    ],
    [
      {
        $setUnion: [
          [2, 1],
          [1, 3],
        ],
      },
      [1, 2, 3],
    ],
    [
      {
        $setIntersection: [
          [2, 1, 2],
          [2, long(1), 4],
        ],
      },
      [1, 2],
    ],
    [{ $setDifference: [[3, 1, 3], [1]] }, [3]],
    [
      {
        $setEquals: [
          [1, 2, 2],
          [2, 1],
        ],
      },
      true,
    ],
    [{ $setIsSubset: [[1], [1, 2]] }, true],
    [{ $allElementsTrue: [[1, 'x']] }, true],
    [{ $anyElementTrue: [[0, null]] }, false],
    [{ $firstN: { n: 2, input: '$list' } }, [3, 1]],
    [{ $maxN: { n: 2, input: '$list' } }, [3, 2]],
    [{ $lastN: { n: long(1), input: '$list' } }, [2]],
    [{ $minN: { n: 5, input: [2, null, 1] } }, [1, 2]],
    [{ $sum: '$list' }, 6],
    [{ $sum: ['$n', 'x', 2.5] }, 7.5],
    [{ $avg: '$list' }, double(2)],
    [{ $avg: ['x'] }, null],
    [{ $max: ['$n', 'x', null] }, 'x'],
    [{ $min: '$list' }, 1],
    [{ $stdDevPop: [2, 4, 4, 4, 5, 5, 7, 9] }, double(2)],
    [{ $stdDevSamp: [1] }, null],
    [{ $median: { input: '$list', method: 'approximate' } }, double(2)],
    [
      { $percentile: { input: [1, 2, 3, 4], p: [0.5, 1], method: 'approximate' } },
      [double(2), double(4)],
    ],
  ],
  objects: [
    [{ $mergeObjects: ['$inner', { z: 1 }, null] }, { x: { y: 1 }, z: 1 }],
    [{ $mergeObjects: '$items' }, { sku: 'b', qty: 5, tag: null }],
    [
      { $objectToArray: { a: 1, b: 2 } },
      [
        { k: 'a', v: 1 },
        { k: 'b', v: 2 },
      ],
    ],
    [{ $arrayToObject: [[['a', 1]]] }, { a: 1 }],
    [{ $arrayToObject: { $literal: [{ k: 'a', v: 1 }] } }, { a: 1 }],
    [{ $getField: 'n' }, 5],
    [{ $getField: { field: 'y', input: '$inner.x' } }, 1],
    [{ $getField: { field: { $literal: '$a.b' }, input: { $literal: { '$a.b': 1 } } } }, 1],
    [{ $setField: { field: 'y', input: '$inner', value: 2 } }, { x: { y: 1 }, y: 2 }],
    [{ $setField: { field: { $literal: '$p' }, input: '$inner.x', value: '$n' } }, { y: 1, $p: 5 }],
    [{ $unsetField: { field: 'x', input: '$inner' } }, {}],
    [{ $bsonSize: {} }, 5],
    [{ $binarySize: new Binary(new Uint8Array(3)) }, 3],
  ],
  strings: [
    [{ $concat: ['a', '$text'] }, 'aStraße 7'],
    [{ $concat: ['a', '$missing'] }, null],
    [{ $toLower: 'ÄB' }, 'Äb'],
    [{ $toUpper: '$none' }, ''],
    [{ $strLenBytes: '$text' }, 9],
    [{ $strLenCP: '$text' }, 8],
    [{ $substrCP: ['$text', 4, 2] }, 'ße'],
    [{ $substrBytes: ['$text', 0, 4] }, 'Stra'],
    [{ $substr: [123, 1, -1] }, '23'],
    [{ $indexOfCP: ['$text', 'e'] }, 5],
    [{ $indexOfBytes: ['$text', 'e'] }, 6],
    [{ $indexOfCP: ['abcabc', 'a', 1, 4] }, 3],
    [{ $split: ['a-b-', '-'] }, ['a', 'b', '']],
    [{ $strcasecmp: ['ABC', 'abd'] }, -1],
    [{ $trim: { input: ' \t x ' } }, 'x'],
    [{ $ltrim: { input: 'xxyx', chars: 'x' } }, 'yx'],
    [{ $rtrim: { input: 'x--', chars: '-' } }, 'x'],
    [{ $replaceOne: { input: 'a.a', find: '.', replacement: '-$&' } }, 'a-$&a'],
    [{ $replaceAll: { input: 'a.a.', find: '.', replacement: '' } }, 'aa'],
    [{ $regexMatch: { input: '$text', regex: /^STR/i } }, true],
    [
      { $regexFind: { input: 'xßay', regex: '(a)(b)?' } },
      { match: 'a', idx: 2, captures: ['a', null] },
    ],
    [
      { $regexFindAll: { input: 'aba', regex: 'a' } },
      [
        { match: 'a', idx: 0, captures: [] },
        { match: 'a', idx: 2, captures: [] },
      ],
    ],
    [{ $regexFind: { input: '$missing', regex: 'a' } }, null],
  ],
  dates: [
    [{ $year: '$at' }, 2024],
    [{ $month: '$at' }, 3],
    [{ $dayOfMonth: { date: '$at', timezone: 'America/New_York' } }, 30],
    [{ $hour: { date: '$at', timezone: 'Europe/Berlin' } }, 3],
    [{ $hour: { date: '$at', timezone: '+05:30' } }, 7],
    [{ $minute: '$at' }, 30],
    [{ $second: '$at' }, 15],
    [{ $millisecond: '$at' }, 250],
    [{ $dayOfWeek: '$at' }, 1],
    [{ $dayOfYear: '$at' }, 91],
    [{ $week: '$at' }, 13],
    [{ $isoWeek: day('2021-01-03T00:00:00Z') }, 53],
    [{ $isoWeekYear: day('2021-01-03T00:00:00Z') }, long(2020)],
    [{ $isoDayOfWeek: '$at' }, 7],
    [{ $dateToString: { date: '$at' } }, '2024-03-31T01:30:15.250Z'],
    [
      { $dateToString: { date: '$at', format: '%d.%m.%Y %H:%M %z', timezone: 'Europe/Berlin' } },
      '31.03.2024 03:30 +0200',
    ],
    [
      { $dateToString: { date: '$at', format: '%b %B %j %U %V %G %u %w %L%%' } },
      'Mar March 091 13 13 2024 7 1 250%',
    ],
    [{ $dateToString: { date: '$none', onNull: 'never' } }, 'never'],
    [{ $dateFromString: { dateString: '2024-03-31T01:30:15.250Z' } }, DOCUMENT.at],
    [
      { $dateFromString: { dateString: '2024-03-31', timezone: 'Europe/Berlin' } },
      day('2024-03-30T23:00:00Z'),
    ],
    [
      { $dateFromString: { dateString: '31/03/2024 5', format: '%d/%m/%Y %H' } },
      day('2024-03-31T05:00:00Z'),
    ],
    [{ $dateFromString: { dateString: 'nonsense', onError: 'bad' } }, 'bad'],
    [{ $dateFromParts: { year: 2024, month: 14, day: 0, hour: 25 } }, day('2025-02-01T01:00:00Z')],
    [
      { $dateFromParts: { isoWeekYear: 2020, isoWeek: 53, isoDayOfWeek: 7 } },
      day('2021-01-03T00:00:00Z'),
    ],
    [
      { $dateToParts: { date: '$at' } },
      { year: 2024, month: 3, day: 31, hour: 1, minute: 30, second: 15, millisecond: 250 },
    ],
    [
      { $dateAdd: { startDate: day('2024-01-31T12:00:00Z'), unit: 'month', amount: 1 } },
      day('2024-02-29T12:00:00Z'),
    ],
    // Clocks go forward that night: a day is 23 hours.
    [
      {
        $dateAdd: {
          startDate: day('2024-03-30T12:00:00Z'),
          unit: 'day',
          amount: 1,
          timezone: 'Europe/Berlin',
        },
      },
      day('2024-03-31T11:00:00Z'),
    ],
    [
      { $dateSubtract: { startDate: day('2024-03-31T00:00:00Z'), unit: 'quarter', amount: 1 } },
      day('2023-12-31T00:00:00Z'),
    ],
    [
      {
        $dateDiff: {
          startDate: day('2023-12-31T23:59:59Z'),
          endDate: day('2024-01-01T00:00:00Z'),
          unit: 'year',
        },
      },
      long(1),
    ],
    [
      {
        $dateDiff: {
          startDate: day('2024-03-29T00:00:00Z'),
          endDate: day('2024-04-01T00:00:00Z'),
          unit: 'week',
          startOfWeek: 'monday',
        },
      },
      long(1),
    ],
    [{ $dateTrunc: { date: '$at', unit: 'hour', binSize: 2 } }, day('2024-03-31T00:00:00Z')],
    [
      { $dateTrunc: { date: '$at', unit: 'week', startOfWeek: 'mon' } },
      day('2024-03-25T00:00:00Z'),
    ],
    [
      { $dateTrunc: { date: '$at', unit: 'day', timezone: 'America/New_York' } },
      day('2024-03-30T04:00:00Z'),
    ],
    [{ $tsSecond: new Timestamp({ t: 5, i: 6 }) }, long(5)],
    [{ $tsIncrement: new Timestamp({ t: 5, i: 6 }) }, long(6)],
  ],
  types: [
    [{ $type: '$missing' }, 'missing'],
    [{ $type: 1 }, 'int'],
    [{ $type: double(1) }, 'double'],
    [{ $type: [[1]] }, 'array'],
    [{ $isNumber: decimal('1') }, true],
    [{ $toInt: '42' }, 42],
    [{ $toInt: 3.9 }, 3],
    [{ $toLong: decimal('9007199254740993') }, Long.fromString('9007199254740993')],
    [{ $toDouble: true }, double(1)],
    [{ $toDecimal: 0.1 }, decimal('0.100000000000000')],
    [{ $toString: 2.5 }, '2.5'],
    [{ $toString: double(2) }, '2'],
    [{ $toString: '$at' }, '2024-03-31T01:30:15.250Z'],
    [{ $toBool: 'false' }, true],
    [{ $toDate: long(0) }, new Date(0)],
    [{ $toDate: '2024-01-02' }, day('2024-01-02T00:00:00Z')],
    [{ $toObjectId: '65f0000000000000000000aa' }, new ObjectId('65f0000000000000000000aa')],
    [{ $toDate: new ObjectId('65f0000000000000000000aa') }, day('2024-03-12T07:10:56Z')],
    [{ $convert: { input: 'x', to: 'int', onError: -1 } }, -1],
    [{ $convert: { input: null, to: 'int', onNull: 0 } }, 0],
    [{ $convert: { input: '7', to: 16 } }, 7],
    [{ $rand: {} }, 0.25],
  ],
}

describe.each(Object.entries(TABLE))('%s', (_what, cases) => {
  it.each(cases)('%j is %j', (expression, value) => {
    expect(typed(compute(expression, DOCUMENT))).toBe(typed(value))
  })
})

describe('errors', () => {
  /** Source of codes and texts: expression.cpp (8.0). */
  it.each<[expression: unknown, code: number, message: string]>([
    [{ $nope: 1 }, 168, "Unrecognized expression '$nope'"],
    [
      { $subtract: [1] },
      16020,
      'Expression $subtract takes exactly 2 arguments. 1 were passed in.',
    ],
    [
      { $slice: [[1]] },
      28667,
      'Expression $slice takes at least 2 arguments, and at most 3, but 1 were passed in.',
    ],
    [
      { $add: 1, $subtract: 2 },
      15983,
      'An object representing an expression must have exactly one field: { $add: 1, $subtract: 2 }',
    ],
    ['$$nope', 17276, 'Use of undefined variable: nope'],
    ['$', 16872, "'$' by itself is not a valid FieldPath"],
    [{ $add: [1, 'x'] }, 14, '$add only supports numeric or date types, not string'],
    [{ $add: ['$at', '$at'] }, 16612, 'only one date allowed in an $add expression'],
    [{ $subtract: [1, 'x'] }, 14, "can't $subtract string from int"],
    [{ $multiply: [true] }, 14, '$multiply only supports numeric types, not bool'],
    [{ $divide: [1, 0] }, 2, "can't $divide by zero"],
    [{ $mod: [1, 0] }, 16610, "can't $mod by zero"],
    [{ $sqrt: -1 }, 28714, "$sqrt's argument must be greater than or equal to 0"],
    [{ $abs: 'x' }, 28765, '$abs only supports numeric types, not string'],
    [{ $concat: [1] }, 16702, '$concat only supports strings, not int'],
    [
      { $size: '$missing' },
      17124,
      'The argument to $size must be an array, but was of type: missing',
    ],
    [{ $map: { input: 1, in: 1 } }, 16883, 'input to $map must be an array not int'],
    [{ $filter: { input: [] } }, 28650, "Missing 'cond' parameter to $filter"],
    [
      { $let: { vars: { A: 1 }, in: 1 } },
      9,
      "'A' starts with an invalid character for a user variable name",
    ],
    [{ $switch: { branches: [] } }, 40068, '$switch requires at least one branch.'],
    [
      { $toInt: 'x' },
      241,
      "Failed to parse number 'x' in $convert with no onError value: Did not consume any digits",
    ],
    [
      { $toInt: 2 ** 40 },
      241,
      'Conversion would overflow target type in $convert with no onError value: 1099511627776',
    ],
    [
      { $toObjectId: 5 },
      241,
      'Unsupported conversion from int to objectId in $convert with no onError value',
    ],
    [{ $year: 'x' }, 16006, "can't convert from BSON type string to Date"],
    [
      { $hour: { date: '$at', timezone: 'Moon/Sea' } },
      40485,
      'unrecognized time zone identifier: "Moon/Sea"',
    ],
    [
      { $setField: { field: '$n', input: {}, value: 1 } },
      4161108,
      "'$n' is a field path reference which is not allowed in this context. Did you mean {$literal: '$n'}?",
    ],
    [
      { $getField: 5 },
      5654602,
      "$getField requires 'field' to evaluate to type String, but got int",
    ],
    [{ $rand: 1 }, 3040501, '$rand does not currently accept arguments'],
    [{ $meta: 'textScore' }, 238, 'the expression $meta is not supported yet'],
  ])('%j is refused', (expression, code, message) => {
    expect(() => compute(expression, DOCUMENT)).toThrow(expect.objectContaining({ code, message }))
  })
})
