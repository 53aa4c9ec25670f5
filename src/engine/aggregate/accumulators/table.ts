import { isDocument } from '../../../bson/index.ts'
import type { ValueOrder } from '../../collation/index.ts'
import { ServerError } from '../../errors.ts'
import type { Accumulator, AccumulatorKind } from './accumulator.ts'
import { AddToSet } from './add_to_set.ts'
import { Average } from './average.ts'
import { Extreme } from './extreme.ts'
import { FEW } from './few.ts'
import { First, Last } from './first_last.ts'
import { Push } from './push.ts'
import { makeDeviation, makeMerged, PERCENTILES } from './statistics.ts'
import { Sum } from './sum.ts'
import { TOP } from './top.ts'

/** An accumulator of one expression. */
function unary(name: string, make: (order: ValueOrder) => Accumulator): AccumulatorKind {
  return {
    name,
    parse(operand, expressions) {
      if (Array.isArray(operand)) {
        throw new ServerError(40237, `The ${name} accumulator is a unary operator`)
      }
      return { argument: expressions.compile(operand), make: () => make(expressions.order) }
    },
  }
}

/** A sum of ones. */
const count: AccumulatorKind = {
  name: '$count',
  parse(operand) {
    if (isDocument(operand) && Object.keys(operand).length === 0) {
      return { argument: () => 1, make: () => new Sum() }
    }
    throw new ServerError('TypeMismatch', '$count takes no arguments, i.e. $count:{}')
  },
}

const ALL: readonly AccumulatorKind[] = [
  unary('$addToSet', (order) => new AddToSet(order)),
  unary('$avg', () => new Average()),
  count,
  unary('$first', () => new First()),
  unary('$last', () => new Last()),
  unary('$max', (order) => new Extreme(1, order)),
  unary('$mergeObjects', makeMerged),
  unary('$min', (order) => new Extreme(-1, order)),
  unary('$push', () => new Push()),
  unary('$stdDevPop', () => makeDeviation(false)),
  unary('$stdDevSamp', () => makeDeviation(true)),
  unary('$sum', () => new Sum()),
  ...FEW,
  ...PERCENTILES,
  ...TOP,
]

/** The accumulators of `$group`, by name. */
export const ACCUMULATORS: ReadonlyMap<string, AccumulatorKind> = new Map(
  ALL.map((kind) => [kind.name, kind]),
)
