/** Operators that give names to values: `$let`, `$map`, `$filter`, `$reduce`. */
import { canonicalText, isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { int32Of } from '../integers.ts'
import { isNullish, namedArguments, type Operator, typeText } from '../operator.ts'
import { isTrue } from '../truth.ts'

const letOperator: Operator = {
  name: '$let',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: ['vars', 'in'],
      notAnObject: () => new ServerError(16874, '$let only supports an object as its argument'),
      unknown: (name) => new ServerError(16875, `Unrecognized parameter to $let: ${name}`),
    })
    if (!('vars' in given)) throw new ServerError(16876, "Missing 'vars' parameter to $let")
    if (!('in' in given)) throw new ServerError(16877, "Missing 'in' parameter to $let")
    const { vars } = given
    if (!isDocument(vars)) {
      throw new ServerError(10065, 'invalid parameter: expected an object (vars)')
    }
    const names = Object.keys(vars)
    // The variables do not see each other: they are compiled outside of the new scope.
    const values = names.map((name) => context.compile(vars[name]))
    const { inner, cells } = context.binding(names)
    const result = inner.compile(given.in)
    return (document) => {
      const made = values.map((value) => value(document))
      for (let i = 0; i < cells.length; i++) cells[i]!.value = made[i]
      return result(document)
    }
  },
}

const map: Operator = {
  name: '$map',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: ['input', 'as', 'in'],
      notAnObject: () => new ServerError(16878, '$map only supports an object as its argument'),
      unknown: (name) => new ServerError(16879, `Unrecognized parameter to $map: ${name}`),
    })
    if (!('input' in given)) throw new ServerError(16880, "Missing 'input' parameter to $map")
    if (!('in' in given)) throw new ServerError(16882, "Missing 'in' parameter to $map")
    const input = context.compile(given.input)
    const { inner, cells } = context.binding([nameOf(given.as)])
    const result = inner.compile(given.in)
    const cell = cells[0]!
    return (document) => {
      const array = input(document)
      if (isNullish(array)) return null
      if (!Array.isArray(array)) {
        throw new ServerError(16883, `input to $map must be an array not ${typeText(array)}`)
      }
      return array.map((element) => {
        cell.value = element
        return result(document) ?? null
      })
    }
  },
}

const filter: Operator = {
  name: '$filter',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: ['input', 'as', 'cond', 'limit'],
      notAnObject: () => new ServerError(28646, '$filter only supports an object as its argument'),
      unknown: (name) => new ServerError(28647, `Unrecognized parameter to $filter: ${name}`),
    })
    if (!('input' in given)) throw new ServerError(28648, "Missing 'input' parameter to $filter")
    if (!('cond' in given)) throw new ServerError(28650, "Missing 'cond' parameter to $filter")
    const input = context.compile(given.input)
    const limit = 'limit' in given ? context.compile(given.limit) : undefined
    const { inner, cells } = context.binding([nameOf(given.as)])
    const condition = inner.compile(given.cond)
    const cell = cells[0]!
    return (document) => {
      const array = input(document)
      if (isNullish(array)) return null
      if (!Array.isArray(array)) {
        throw new ServerError(28651, `input to $filter must be an array not ${typeText(array)}`)
      }
      const most = limitOf(limit?.(document))
      const found: unknown[] = []
      for (const element of array) {
        cell.value = element
        if (!isTrue(condition(document))) continue
        found.push(element)
        if (found.length === most) break
      }
      return found
    }
  },
}

function nameOf(given: unknown): string {
  return given === undefined ? 'this' : String(given)
}

function limitOf(given: unknown): number {
  if (isNullish(given)) return -1
  const limit = int32Of(given)
  if (limit === undefined) {
    throw new ServerError(
      327391,
      `$filter: limit must be represented as a 32-bit integral value: ${canonicalText(given)}`,
    )
  }
  if (limit > 0) return limit
  throw new ServerError(327392, `$filter: limit must be greater than 0: ${limit}`)
}

const reduce: Operator = {
  name: '$reduce',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: ['input', 'initialValue', 'in'],
      notAnObject: (found) =>
        new ServerError(
          40075,
          `$reduce requires an object as an argument, found: ${typeText(found)}`,
        ),
      unknown: (name) => new ServerError(40076, `$reduce found an unknown argument: ${name}`),
    })
    const missing = (name: string) => `$reduce requires '${name}' to be specified`
    if (!('input' in given)) throw new ServerError(40077, missing('input'))
    if (!('initialValue' in given)) throw new ServerError(40078, missing('initialValue'))
    if (!('in' in given)) throw new ServerError(40079, missing('in'))
    const input = context.compile(given.input)
    const initial = context.compile(given.initialValue)
    const { inner, cells } = context.binding(['this', 'value'])
    const [element, total] = cells as [(typeof cells)[number], (typeof cells)[number]]
    const next = inner.compile(given.in)
    return (document) => {
      const array = input(document)
      if (isNullish(array)) return null
      if (!Array.isArray(array)) {
        throw new ServerError(
          40080,
          `$reduce requires that 'input' be an array, found: ${typeText(array)}`,
        )
      }
      let value = initial(document)
      for (const one of array) {
        element.value = one
        total.value = value
        value = next(document)
      }
      return value
    }
  },
}

export const SCOPES: readonly Operator[] = [filter, letOperator, map, reduce]
