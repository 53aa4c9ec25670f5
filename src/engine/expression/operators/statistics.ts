/** What `$group` accumulates over documents, over the elements of an array: `$sum`, `$maxN`, ... */
import { canonicalText, isNumeric } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { ExpressionContext } from '../context.ts'
import { Deviation } from '../deviation.ts'
import { ExactSum } from '../exact_sum.ts'
import { int64ValueOf } from '../integers.ts'
import { argumentsOf, isNullish, namedArguments, type Operator, typeText } from '../operator.ts'
import { checkMethod, percentilesOf, sharesOf } from '../percentiles.ts'

type Summary = (values: readonly unknown[], context: ExpressionContext) => unknown

/** Over its arguments; a single one that is an array stands for its elements. */
function summary(name: string, summarize: Summary): Operator {
  return {
    name,
    parse(operand, context) {
      const given = argumentsOf(name, operand, context)
      const [only] = given
      if (given.length === 1 && only !== undefined) {
        return (document) => {
          const value = only(document)
          return summarize(Array.isArray(value) ? value : [value], context)
        }
      }
      return (document) =>
        summarize(
          given.map((argument) => argument(document)),
          context,
        )
    },
  }
}

function sumUp(values: readonly unknown[]): ExactSum {
  const sum = new ExactSum()
  for (const value of values) if (isNumeric(value)) sum.add(value)
  return sum
}

/** The extreme of what is there; null of nothing. */
function extreme(values: readonly unknown[], turn: 1 | -1, context: ExpressionContext): unknown {
  let best: unknown = null
  for (const value of values) {
    if (isNullish(value)) continue
    if (best === null || context.order.compare(value, best) * turn > 0) best = value
  }
  return best
}

function deviation(isSample: boolean): Summary {
  return (values) => {
    const spread = new Deviation(isSample)
    for (const value of values) spread.add(value)
    return spread.value()
  }
}

/**
 * What `$firstN` and its kin take, as an operator and as an accumulator alike.
 *
 * @throws ServerError 5787900, 5787901, 5787906, 5787907
 */
export function fewArguments(
  name: string,
  operand: unknown,
): { readonly n: unknown; readonly input: unknown } {
  const given = namedArguments(operand, {
    names: ['n', 'input'],
    notAnObject: (found) =>
      new ServerError(
        5787900,
        `specification must be an object; found ${name}: ${canonicalText(found)}`,
      ),
    unknown: (argument) =>
      new ServerError(5787901, `Unknown argument for '${name}' operator: ${argument}`),
  })
  if (!('n' in given)) throw new ServerError(5787906, `Missing value for 'n'`)
  if (!('input' in given)) throw new ServerError(5787907, `Missing value for 'input'`)
  return { n: given.n, input: given.input }
}

/** `$firstN` and its kin: so many of an array. */
function firstFew(
  name: string,
  pick: (array: readonly unknown[], n: number, context: ExpressionContext) => unknown[],
): Operator {
  return {
    name,
    parse(operand, context) {
      const given = fewArguments(name, operand)
      const count = context.compile(given.n)
      const input = context.compile(given.input)
      return (document) => {
        const n = countOf(count(document))
        const array = input(document)
        if (Array.isArray(array)) return pick(array, n, context)
        throw new ServerError(5788200, `Input must be an array, but found: ${typeText(array)}`)
      }
    },
  }
}

/** How many `$firstN`, `$topN` and their kin are to give. @throws ServerError 5787902, 5787908 */
export function countOf(given: unknown): number {
  const n = int64ValueOf(given)
  if (n === undefined) {
    throw new ServerError(
      isNumeric(given) ? 5787903 : 5787902,
      `Value for 'n' must be of integral type, but found ${canonicalText(given ?? null)}`,
    )
  }
  if (n > 0n) return Number(n)
  throw new ServerError(5787908, `'n' must be greater than 0, found ${n}`)
}

function sortedFew(turn: 1 | -1) {
  return (array: readonly unknown[], n: number, { order }: ExpressionContext): unknown[] =>
    array
      .filter((value) => !isNullish(value))
      .sort((a, b) => turn * order.compare(a, b))
      .slice(0, n)
}

const percentile: Operator = {
  name: '$percentile',
  parse(operand, context) {
    const given = percentileArguments('$percentile', ['input', 'p', 'method'], operand)
    const shares = sharesOf(context.compile(given['p'])({}))
    const input = context.compile(given['input'])
    return (document) => {
      const value = input(document)
      const found = percentilesOf(Array.isArray(value) ? value : [value], shares)
      return found.every((one) => one === null) ? null : found
    }
  },
}

const median: Operator = {
  name: '$median',
  parse(operand, context) {
    const given = percentileArguments('$median', ['input', 'method'], operand)
    const input = context.compile(given['input'])
    return (document) => {
      const value = input(document)
      return percentilesOf(Array.isArray(value) ? value : [value], [0.5])[0]
    }
  },
}

/** Source: `AccumulatorPercentile::parseArgs`. */
export function percentileArguments(
  name: string,
  names: readonly string[],
  operand: unknown,
): { readonly [name: string]: unknown } {
  const given = namedArguments<string>(operand, {
    names,
    notAnObject: (found) =>
      new ServerError(
        7429703,
        `specification must be an object; found ${name}: ${canonicalText(found)}`,
      ),
    unknown: (argument) =>
      new ServerError(40415, `BSON field '${name}.${argument}' is an unknown field.`),
  })
  for (const required of names) {
    if (required in given) continue
    throw new ServerError(40414, `BSON field '${name}.${required}' is missing but a required field`)
  }
  checkMethod(name, given['method'])
  return given
}

export const STATISTICS: readonly Operator[] = [
  summary('$avg', (values) => sumUp(values).mean() ?? null),
  firstFew('$firstN', (array, n) => array.slice(0, n)),
  firstFew('$lastN', (array, n) => array.slice(-n)),
  summary('$max', (values, context) => extreme(values, 1, context)),
  firstFew('$maxN', sortedFew(-1)),
  median,
  summary('$min', (values, context) => extreme(values, -1, context)),
  firstFew('$minN', sortedFew(1)),
  percentile,
  summary('$stdDevPop', deviation(false)),
  summary('$stdDevSamp', deviation(true)),
  summary('$sum', (values) => sumUp(values).total()),
]
