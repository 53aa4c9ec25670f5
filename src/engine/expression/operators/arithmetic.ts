/** `$add`, `$subtract`, `$multiply`, `$divide`, `$mod`: over all number types, and over dates. */
import { Long } from 'bson'
import {
  addNumbers,
  divideNumbers,
  doubleOf,
  isNumeric,
  multiplyNumbers,
  type Numeric,
  numberToDouble,
  remainderOfNumbers,
  subtractNumbers,
  typeOf,
} from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Expression } from '../compile.ts'
import { ExactSum } from '../exact_sum.ts'
import { argumentsOf, binary, isNullish, type Operator, typeText } from '../operator.ts'

/** Longs that overflow go on as doubles. Source: `ExpressionAdd::evaluate`, expression.cpp. */
const add: Operator = {
  name: '$add',
  parse(operand, context) {
    const given = argumentsOf('$add', operand, context)
    if (given.length !== 2) return (document) => sumOf(given.map((argument) => argument(document)))
    const [first, second] = given as [Expression, Expression]
    return (document) => {
      const a = first(document)
      const b = second(document)
      if (typeof a === 'number' && typeof b === 'number') return addNumbers(a, b)
      return sumOf([a, b])
    }
  },
}

function sumOf(values: readonly unknown[]): unknown {
  const sum = new ExactSum()
  let date: Date | undefined
  for (const value of values) {
    if (isNullish(value)) return null
    if (isNumeric(value)) sum.add(value)
    else if (typeOf(value) !== 'date') {
      throw mismatch(`$add only supports numeric or date types, not ${typeText(value)}`)
    } else if (date === undefined) date = value as Date
    else throw new ServerError(16612, 'only one date allowed in an $add expression')
  }
  return date === undefined ? sum.total() : shifted(date, sum.total(), '$add')
}

/** A date moved by milliseconds, of any number type. */
function shifted(date: Date, byMs: Numeric, operator: string): Date {
  const moved = new Date(date.getTime() + Math.round(numberToDouble(byMs)))
  if (!Number.isNaN(moved.getTime())) return moved
  throw new ServerError('Overflow', `date overflow in ${operator}`)
}

const subtract: Operator = binary('$subtract', (a, b) => {
  if (typeof a === 'number' && typeof b === 'number') return subtractNumbers(a, b)
  if (isNullish(a) || isNullish(b)) return null
  if (isNumeric(a) && isNumeric(b)) {
    return subtractNumbers(a, b) ?? doubleOf(numberToDouble(a) - numberToDouble(b))
  }
  if (typeOf(a) === 'date') {
    if (typeOf(b) === 'date') {
      return Long.fromNumber((a as Date).getTime() - (b as Date).getTime())
    }
    if (isNumeric(b)) return shifted(a as Date, doubleOf(-numberToDouble(b)), '$subtract')
  }
  throw mismatch(`can't $subtract ${typeText(b)} from ${typeText(a)}`)
})

const multiply: Operator = {
  name: '$multiply',
  parse(operand, context) {
    const given = argumentsOf('$multiply', operand, context)
    return (document) => {
      let product: Numeric = 1
      let isNull = false
      for (const argument of given) {
        const value = argument(document)
        if (isNullish(value)) isNull = true
        else if (!isNumeric(value)) {
          throw mismatch(`$multiply only supports numeric types, not ${typeText(value)}`)
        } else product = productOf(product, value)
      }
      return isNull ? null : product
    }
  },
}

function productOf(a: unknown, b: unknown): Numeric {
  return multiplyNumbers(a, b) ?? doubleOf(numberToDouble(a) * numberToDouble(b))
}

const divide: Operator = binary('$divide', (a, b) => {
  if (isNumeric(a) && isNumeric(b)) {
    if (numberToDouble(b) === 0) throw new ServerError('BadValue', "can't $divide by zero")
    return divideNumbers(a, b)
  }
  if (isNullish(a) || isNullish(b)) return null
  throw mismatch(`$divide only supports numeric types, not ${typeText(a)} and ${typeText(b)}`)
})

const mod: Operator = binary('$mod', (a, b) => {
  if (isNumeric(a) && isNumeric(b)) {
    if (numberToDouble(b) === 0) throw new ServerError(16610, "can't $mod by zero")
    return remainderOfNumbers(a, b)
  }
  if (isNullish(a) || isNullish(b)) return null
  throw new ServerError(
    16611,
    `$mod only supports numeric types, not ${typeText(a)} and ${typeText(b)}`,
  )
})

function mismatch(message: string): ServerError {
  return new ServerError('TypeMismatch', message)
}

export const ARITHMETIC: readonly Operator[] = [add, divide, mod, multiply, subtract]
