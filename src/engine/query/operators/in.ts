/** `$in` and `$nin`: equality with one of several values, regular expressions among them. */
import { isDocument } from '../../../bson/index.ts'
import type { ValueOrder } from '../../collation/index.ts'
import { ServerError } from '../../errors.ts'
import { asRegex } from '../../expression/index.ts'
import { equalityTest } from '../comparison.ts'
import { type Leaf, leaf, not, type ValueTest } from '../expression.ts'
import type { PathOperator } from '../operator.ts'
import { isOperatorDocument } from '../operator_document.ts'
import { regexTest } from './regex.ts'

/** Below this, asking one after the other is quicker than encoding a key. */
const LINEAR_MAX = 8

export const $in = {
  name: '$in',
  parse: ({ path, operand, parser }) => membership('$in', path, operand, parser.order),
} as const satisfies PathOperator

export const $nin = {
  name: '$nin',
  parse: ({ path, operand, parser }) => not(membership('$nin', path, operand, parser.order)),
} as const satisfies PathOperator

function membership(name: string, path: string, operand: unknown, order: ValueOrder): Leaf {
  if (!Array.isArray(operand)) throw new ServerError('BadValue', `${name} needs an array`)
  const equalities: unknown[] = []
  const regexTests: ValueTest[] = []
  for (const value of operand as readonly unknown[]) {
    if (isDocument(value) && isOperatorDocument(value)) {
      throw new ServerError('BadValue', 'cannot nest $ under $in')
    }
    const regex = asRegex(value)
    if (regex === undefined) equalities.push(value)
    else regexTests.push(regexTest(regex))
  }
  const isMember = membershipTest(equalities, order)
  const test: ValueTest =
    regexTests.length === 0
      ? isMember
      : (value) => isMember(value) || regexTests.some((matches) => matches(value))
  return leaf('$in', path, operand, test)
}

function membershipTest(values: readonly unknown[], order: ValueOrder): ValueTest {
  if (values.length <= LINEAR_MAX) {
    const tests = values.map((value) => equalityTest(value, order))
    return (value) => {
      for (let i = 0; i < tests.length; i++) {
        if (tests[i]!(value)) return true
      }
      return false
    }
  }
  const hasNull = values.some((value) => value === null || value === undefined)
  // Equal values have equal keys, whatever their numeric type.
  const keyOf = (value: unknown): string => order.keyOf(value ?? null)
  const keys = new Set(values.map(keyOf))
  return (value) => (value === undefined ? hasNull : keys.has(keyOf(value)))
}
