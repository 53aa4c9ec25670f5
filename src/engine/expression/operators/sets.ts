/** Arrays as sets: order and repetition do not count. */
import { ServerError } from '../../errors.ts'
import type { ExpressionContext } from '../context.ts'
import { isNullish, nary, type Operator, typeText } from '../operator.ts'
import { isTrue } from '../truth.ts'

function setOf(values: readonly unknown[], { order }: ExpressionContext): Map<string, unknown> {
  const set = new Map<string, unknown>()
  for (const value of values) {
    const key = order.keyOf(value)
    if (!set.has(key)) set.set(key, value)
  }
  return set
}

const setDifference: Operator = nary('$setDifference', { least: 2, most: 2 }, ([a, b], context) => {
  if (isNullish(a) || isNullish(b)) return null
  checkBoth('$setDifference', a, 17048, b, 17049)
  const without = setOf(b as unknown[], context)
  const found = setOf(a as unknown[], context)
  return [...found].filter(([key]) => !without.has(key)).map(([, value]) => value)
})

const setIsSubset: Operator = nary('$setIsSubset', { least: 2, most: 2 }, ([a, b], context) => {
  checkBoth('$setIsSubset', a, 17046, b, 17042)
  const whole = setOf(b as unknown[], context)
  return (a as unknown[]).every((value) => whole.has(context.order.keyOf(value)))
})

function checkBoth(name: string, a: unknown, codeOfA: number, b: unknown, codeOfB: number): void {
  const both = `both operands of ${name} must be arrays.`
  if (!Array.isArray(a)) {
    throw new ServerError(codeOfA, `${both} First argument is of type: ${typeText(a)}`)
  }
  if (!Array.isArray(b)) {
    throw new ServerError(codeOfB, `${both} Second argument is of type: ${typeText(b)}`)
  }
}

const setEquals: Operator = {
  name: '$setEquals',
  parse(operand, context) {
    const count = Array.isArray(operand) ? operand.length : 1
    if (count < 2) {
      throw new ServerError(17045, `$setEquals needs at least two arguments had: ${count}`)
    }
    return nary('$setEquals', {}, (values) => {
      const sets = values.map((value) => {
        checkArray('$setEquals', 17044, value)
        return setOf(value as unknown[], context)
      })
      const first = sets[0]!
      return sets.every(
        (set) => set.size === first.size && [...set.keys()].every((k) => first.has(k)),
      )
    }).parse(operand, context)
  },
}

function checkArray(name: string, code: number, value: unknown): void {
  if (Array.isArray(value)) return
  throw new ServerError(
    code,
    `All operands of ${name} must be arrays. One argument is of type: ${typeText(value)}`,
  )
}

const setIntersection: Operator = nary('$setIntersection', {}, (values, context) => {
  let common: Map<string, unknown> | undefined
  for (const value of values) {
    if (isNullish(value)) return null
    checkArray('$setIntersection', 17047, value)
    const set = setOf(value as unknown[], context)
    common = common === undefined ? set : new Map([...common].filter(([key]) => set.has(key)))
  }
  return sorted([...(common ?? [])], context)
})

const setUnion: Operator = nary('$setUnion', {}, (values, context) => {
  const all: unknown[] = []
  for (const value of values) {
    if (isNullish(value)) return null
    checkArray('$setUnion', 17043, value)
    for (const element of value as unknown[]) all.push(element)
  }
  return sorted([...setOf(all, context)], context)
})

/** The server keeps sets in order. */
function sorted(entries: [string, unknown][], { order }: ExpressionContext): unknown[] {
  return entries.map(([, value]) => value).sort(order.compare)
}

function quantifier(
  name: '$allElementsTrue' | '$anyElementTrue',
  code: number,
  decide: (array: readonly unknown[]) => boolean,
): Operator {
  return nary(name, { least: 1, most: 1 }, ([array]) => {
    if (Array.isArray(array)) return decide(array)
    throw new ServerError(code, `${name}'s argument must be an array, but is ${typeText(array)}`)
  })
}

export const SETS: readonly Operator[] = [
  quantifier('$allElementsTrue', 17040, (array) => array.every(isTrue)),
  quantifier('$anyElementTrue', 17041, (array) => array.some(isTrue)),
  setDifference,
  setEquals,
  setIntersection,
  setIsSubset,
  setUnion,
]
