/** Arrays: their elements, parts and order. */
import { canonicalText, isDocument, isNumeric } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { compileSort } from '../../sort/index.ts'
import type { Expression } from '../compile.ts'
import { int32Of } from '../integers.ts'
import {
  argumentsOf,
  binary,
  isNullish,
  namedArguments,
  nary,
  type Operator,
  typeText,
  unary,
} from '../operator.ts'

const arrayElemAt: Operator = binary('$arrayElemAt', (array, index) => {
  if (isNullish(array) || isNullish(index)) return null
  if (!Array.isArray(array)) {
    throw new ServerError(
      28689,
      `$arrayElemAt's first argument must be an array, but is ${typeText(array)}`,
    )
  }
  if (!isNumeric(index)) {
    throw new ServerError(
      28690,
      `$arrayElemAt's second argument must be a numeric value, but is ${typeText(index)}`,
    )
  }
  const at = int32Of(index)
  if (at === undefined) {
    throw new ServerError(
      28691,
      `$arrayElemAt's second argument must be representable as a 32-bit integer: ${String(index)}`,
    )
  }
  return array.at(at)
})

function elementAt(name: '$first' | '$last', at: 0 | -1): Operator {
  return unary(name, (array) => {
    if (isNullish(array)) return null
    if (Array.isArray(array)) return array.at(at)
    throw new ServerError(28689, `${name}'s argument must be an array, but is ${typeText(array)}`)
  })
}

const concatArrays: Operator = nary('$concatArrays', {}, (arrays) => {
  const all: unknown[] = []
  for (const array of arrays) {
    if (isNullish(array)) return null
    if (!Array.isArray(array)) {
      throw new ServerError(28664, `$concatArrays only supports arrays, not ${typeText(array)}`)
    }
    for (const element of array) all.push(element)
  }
  return all
})

const inOperator: Operator = {
  name: '$in',
  parse(operand, context) {
    const [value, array] = argumentsOf('$in', operand, context, 2, 2) as [Expression, Expression]
    const { equals } = context.order
    return (document) => {
      const elements = array(document)
      if (!Array.isArray(elements)) {
        throw new ServerError(
          40081,
          `$in requires an array as a second argument, found: ${typeText(elements)}`,
        )
      }
      const wanted = value(document)
      return elements.some((element) => equals(element, wanted))
    }
  },
}

const indexOfArray: Operator = nary(
  '$indexOfArray',
  { least: 2, most: 4 },
  ([array, wanted, start, end], { order }) => {
    if (isNullish(array)) return null
    if (!Array.isArray(array)) {
      throw new ServerError(
        40090,
        `$indexOfArray requires an array as a first argument, found: ${typeText(array)}`,
      )
    }
    const from = start === undefined ? 0 : indexArgument('$indexOfArray', 'starting', start)
    const to = end === undefined ? array.length : indexArgument('$indexOfArray', 'ending', end)
    const most = Math.min(to, array.length)
    for (let i = from; i < most; i++) if (order.equals(array[i], wanted)) return i
    return -1
  },
)

/** Where a search begins or ends. Source: `uassertIfNotIntegralAndNonNegative`. */
export function indexArgument(name: string, which: string, given: unknown): number {
  const index = int32Of(given)
  if (index === undefined) {
    throw new ServerError(
      40096,
      `${name} requires an integral ${which} index, found a value of type: ${typeText(given)}, with value: "${canonicalText(given)}"`,
    )
  }
  if (index >= 0) return index
  throw new ServerError(40097, `${name} requires a nonnegative ${which} index, found: "${index}"`)
}

const range: Operator = nary('$range', { least: 2, most: 3 }, ([start, end, step]) => {
  const from = rangePart(start, 'starting', 34443)
  const to = rangePart(end, 'ending', 34445)
  const by = step === undefined ? 1 : rangePart(step, 'step', 34447)
  if (by === 0) throw new ServerError(34449, '$range requires a non-zero step value')
  const numbers: number[] = []
  for (let i = from; by > 0 ? i < to : i > to; i += by) numbers.push(i)
  return numbers
})

function rangePart(given: unknown, which: string, code: number): number {
  if (!isNumeric(given)) {
    throw new ServerError(
      code,
      `$range requires a numeric ${which} value, found value of type:${typeText(given)}`,
    )
  }
  const part = int32Of(given)
  if (part !== undefined) return part
  throw new ServerError(
    code + 1,
    `$range requires a ${which} value that can be represented as a 32-bit integer, found value: ${String(given)}`,
  )
}

const reverseArray: Operator = unary('$reverseArray', (array) => {
  if (isNullish(array)) return null
  if (Array.isArray(array)) return array.toReversed()
  throw new ServerError(
    34435,
    `The argument to $reverseArray must be an array, but was of type: ${typeText(array)}`,
  )
})

const size: Operator = unary('$size', (array) => {
  if (Array.isArray(array)) return array.length
  throw new ServerError(
    17124,
    `The argument to $size must be an array, but was of type: ${typeText(array)}`,
  )
})

const slice: Operator = {
  name: '$slice',
  parse(operand, context) {
    const given = argumentsOf('$slice', operand, context, 2, 3)
    return (document) => {
      const [array, second, third] = given.map((argument) => argument(document))
      if (isNullish(array) || isNullish(second)) return null
      if (given.length === 3 && isNullish(third)) return null
      if (!Array.isArray(array)) {
        throw new ServerError(
          28724,
          `First argument to $slice must be an array, but is of type: ${typeText(array)}`,
        )
      }
      const position = slicePart(second, 'Second', 28725)
      if (given.length === 2) {
        return position < 0 ? array.slice(position) : array.slice(0, position)
      }
      const count = slicePart(third, 'Third', 28727)
      if (count <= 0) {
        throw new ServerError(28729, `Third argument to $slice must be positive: ${count}`)
      }
      const from = position < 0 ? Math.max(0, array.length + position) : position
      return array.slice(from, from + count)
    }
  },
}

function slicePart(given: unknown, which: string, code: number): number {
  if (!isNumeric(given)) {
    throw new ServerError(
      code,
      `${which} argument to $slice must be numeric, but is of type: ${typeText(given)}`,
    )
  }
  const part = int32Of(given)
  if (part !== undefined) return part
  throw new ServerError(
    code + 1,
    `${which} argument to $slice can't be represented as a 32-bit integer: ${String(given)}`,
  )
}

const sortArray: Operator = {
  name: '$sortArray',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: ['input', 'sortBy'],
      notAnObject: (found) =>
        new ServerError(
          2942500,
          `$sortArray requires an object as an argument, found: ${typeText(found)}`,
        ),
      unknown: (name) => new ServerError(2942501, `$sortArray found an unknown argument: ${name}`),
    })
    if (!('input' in given)) {
      throw new ServerError(2942502, "$sortArray requires 'input' to be specified")
    }
    if (!('sortBy' in given)) {
      throw new ServerError(2942503, "$sortArray requires 'sortBy' to be specified")
    }
    const input = context.compile(given.input)
    const sort = sorterOf(given.sortBy, context.order)
    return (document) => {
      const array = input(document)
      if (isNullish(array)) return null
      if (Array.isArray(array)) return sort(array)
      throw new ServerError(
        2942504,
        `The input argument to $sortArray must be an array, but was of type: ${typeText(array)}`,
      )
    }
  },
}

function sorterOf(
  sortBy: unknown,
  order: Parameters<typeof compileSort>[1] & object,
): (array: readonly unknown[]) => unknown[] {
  if (isDocument(sortBy)) {
    const sort = compileSort(sortBy, order)
    return (array) =>
      array
        .map((element) => ({ element, key: sort.keyOf(isDocument(element) ? element : {}) }))
        .sort((a, b) => sort.compareKeys(a.key, b.key))
        .map(({ element }) => element)
  }
  const turn = int32Of(sortBy)
  if (turn !== 1 && turn !== -1) {
    throw new ServerError(
      2942506,
      'Invalid sortBy specification: sort direction must be either 1 or -1, or an object',
    )
  }
  return (array) => array.toSorted((a, b) => turn * order.compare(a, b))
}

const isArray: Operator = unary('$isArray', (value) => Array.isArray(value))

export const ARRAYS: readonly Operator[] = [
  arrayElemAt,
  concatArrays,
  elementAt('$first', 0),
  inOperator,
  indexOfArray,
  isArray,
  elementAt('$last', -1),
  range,
  reverseArray,
  size,
  slice,
  sortArray,
]
