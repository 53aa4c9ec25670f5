/** Arbitrary BSON values, with many near misses: equal values of several types, shared prefixes. */
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson'
import fc, { type Arbitrary } from 'fast-check'
import { type Document, isInt32 } from '../../src/bson/index.ts'

const interestingDoubles = [
  0,
  -0,
  1,
  -1,
  127,
  128,
  255,
  256,
  0.1,
  -0.1,
  0.5,
  5.5,
  1e-320,
  5e-324,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 53,
  2 ** 53 - 1,
  -(2 ** 53),
  2 ** 62,
  2 ** 63,
  -(2 ** 63),
  2 ** 63 - 1024,
  1e20,
  Number.MAX_VALUE,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
]

const interestingDecimals = [
  '0',
  '-0',
  '0E+3',
  '1',
  '1.0',
  '5.50',
  '0.1',
  '-0.1',
  '127.9',
  '128',
  '4294967295.5',
  '4294967296.5',
  '9007199254740993',
  '9007199254740992.5',
  '9223372036854775807',
  '9223372036854775807.5',
  '9223372036854775808',
  '-9223372036854775808',
  '-9223372036854775808.5',
  '1E-324',
  '1E-6176',
  '9.999999999999999999999999999999999E+6144',
  '1E+400',
  'NaN',
  'Infinity',
  '-Infinity',
]

export const anyDouble: Arbitrary<number> = fc.oneof(
  fc.double(),
  fc.constantFrom(...interestingDoubles),
  fc.integer().map((n) => n / 4),
)

export const anyLong: Arbitrary<Long> = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
    fc.bigInt({ min: -300n, max: 300n }),
    fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n, 2n ** 31n),
  )
  .map((n) => Long.fromBigInt(n))

export const anyDecimal: Arbitrary<Decimal128> = fc.oneof(
  fc.constantFrom(...interestingDecimals).map((text) => Decimal128.fromString(text)),
  fc
    .tuple(
      fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n }),
      fc.integer({ min: -40, max: 10 }),
    )
    .map(([digits, power]) => Decimal128.fromString(`${digits}E${power}`)),
  fc
    .tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: -6176, max: 6111 }))
    .map(([digits, power]) => Decimal128.fromString(`${digits}E${power}`)),
  // The decimal nearest to a double, which is mostly not that double.
  anyDouble.map((n) => Decimal128.fromStringWithRounding(String(n))),
)

/** Numbers of all types, in clean form, but for Int32, which is understood as well. */
export const anyNumber: Arbitrary<unknown> = fc.oneof(
  fc.integer(),
  fc.integer({ min: -300, max: 300 }),
  anyDouble,
  anyDouble.map((n) => new Double(n)),
  fc.integer().map((n) => new Int32(n)),
  anyLong,
  anyDecimal,
)

/** The same in the form in which the store keeps them. */
export const cleanNumber: Arbitrary<unknown> = fc.oneof(
  fc.integer(),
  anyDouble,
  anyDouble.filter(isInt32).map((n) => new Double(n)),
  anyLong,
  anyDecimal,
)

const texts = [
  '',
  'a',
  'ab',
  'a\0',
  'a\0b',
  '\0',
  '\u0001',
  'a\u0001',
  '\u0002',
  '\u007f',
  '\u0080',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '\u{10000}',
]

export const anyText: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...texts),
  fc.string({ maxLength: 5 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
)

/** A field name: no NUL in it, and nothing that BSON's own conventions take up. */
export const anyName: Arbitrary<string> = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '', '_id', 'constructor', 'toString', 'ä', '\u{10000}'),
  fc.string({ unit: 'binary', maxLength: 3 }).filter((name) => !name.includes('\0')),
)

const bytes = fc.uint8Array({ maxLength: 20 })
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })

export const anyObjectId: Arbitrary<ObjectId> = fc
  .uint8Array({ minLength: 12, maxLength: 12 })
  .map((id) => new ObjectId(id))

const anyDate = fc
  .oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.integer({ min: -3, max: 3 }))
  .map((ms) => new Date(ms))

const anyRegex = fc
  .tuple(
    anyText.filter((text) => !text.includes('\0')),
    fc.subarray(['i', 'l', 'm', 's', 'u', 'x']),
  )
  .map(([pattern, options]) => new BSONRegExp(pattern, options.join('')))

/** Values of all types that hold no other values. */
export const anyScalar: Arbitrary<unknown> = fc.oneof(
  cleanNumber,
  anyText,
  anyText,
  fc.boolean(),
  fc.constant(null),
  anyObjectId,
  anyDate,
  anyRegex,
  // Subtype 9 has a format of its own, 2 a length within its bytes.
  fc.tuple(bytes, fc.constantFrom(0, 1, 2, 3, 5, 128, 255)).map(([b, t]) => new Binary(b, t)),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((b) => new Binary(b, 4)),
  fc.tuple(uint32, uint32).map(([t, i]) => new Timestamp({ t, i })),
  anyText.map((text) => new BSONSymbol(text)),
  anyText.map((text) => new Code(text)),
  fc.constant(new MinKey()),
  fc.constant(new MaxKey()),
)

function documentOf(entries: readonly (readonly [string, unknown])[]): Document {
  return Object.fromEntries(entries)
}

/** Clean values of all types, nested up to a few levels. */
export const { value: anyValue, document: anyDocument } = fc.letrec<{
  value: unknown
  document: Document
}>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 6, arbitrary: anyScalar },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    { weight: 2, arbitrary: tie('document') },
    {
      weight: 1,
      arbitrary: fc.tuple(anyText, tie('document')).map(([code, scope]) => new Code(code, scope)),
    },
  ),
  document: fc.array(fc.tuple(anyName, tie('value')), { maxLength: 4 }).map(documentOf),
}))
