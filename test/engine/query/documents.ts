/** Small documents and filters over the same few names, so that they meet often. */
import { Double, Long } from 'bson'
import fc, { type Arbitrary } from 'fast-check'
import type { Document } from '../../../src/bson/index.ts'

const NAMES = ['a', 'b', 'c'] as const

/** Values that are close to each other: same numbers in several types, null, short strings. */
export const scalar: Arbitrary<unknown> = fc.oneof(
  fc.integer({ min: -2, max: 3 }),
  fc.constantFrom(1.5, Number.NaN, null, true, false, 'x', 'y', 'xy', ''),
  fc.constantFrom(Long.fromNumber(1), new Double(2), new Date(0), new Date(5)),
)

/** Scalars, arrays and documents, nested up to three levels. */
export const value: Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: scalar },
    { weight: 2, arbitrary: tie('document') },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
  ),
  document: fc.dictionary(fc.constantFrom(...NAMES), tie('value'), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
})).value

export const document: Arbitrary<Document> = fc.dictionary(fc.constantFrom(...NAMES), value, {
  maxKeys: 3,
  noNullPrototype: true,
})

/** Dotted paths, indexes among the components. */
export const path: Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NAMES) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom(...NAMES, '0', '1'), { minLength: 1, maxLength: 2 })
      .chain((rest) => fc.constantFrom(...NAMES).map((first) => [first, ...rest].join('.'))),
  },
)

/** One condition on one path, with an operator that an index can use. */
export const indexableCondition: Arbitrary<unknown> = fc.oneof(
  scalar,
  fc.tuple(fc.constantFrom('$eq', '$gt', '$gte', '$lt', '$lte'), scalar).map(pair),
  fc.array(scalar, { maxLength: 3 }).map((values) => ({ $in: values })),
  fc.tuple(scalar, scalar).map(([low, high]) => ({ $gte: low, $lt: high })),
  fc.boolean().map((exists) => ({ $exists: exists })),
  fc.constantFrom<unknown>(/^x/, /y/, { $regex: '^x' }, [1, 2], [], { a: 1 }),
)

/** Any condition on one path. */
export const condition: Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: indexableCondition },
  { weight: 1, arbitrary: scalar.map((operand) => ({ $ne: operand })) },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }).map((values) => ({ $nin: values })) },
  { weight: 1, arbitrary: fc.nat(3).map((size) => ({ $size: size })) },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }).map((values) => ({ $all: values })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('int', 'string', 'array').map((type) => ({ $type: type })),
  },
  {
    weight: 1,
    arbitrary: indexableCondition.filter(isOperators).map((inner) => ({ $not: inner })),
  },
  { weight: 1, arbitrary: scalar.map((operand) => ({ $elemMatch: { $gte: operand } })) },
)

export const filter: Arbitrary<Document> = fc.letrec((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { weight: 3, arbitrary: fc.dictionary(path, condition, { maxKeys: 2, noNullPrototype: true }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom('$and', '$or', '$nor'),
          fc.array(tie('filter'), { minLength: 1, maxLength: 2 }),
        )
        .map(pair),
    },
  ),
})).filter as Arbitrary<Document>

function pair([name, operand]: [string, unknown]): Document {
  return { [name]: operand }
}

function isOperators(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && Object.keys(value)[0]?.startsWith('$') === true
  )
}
