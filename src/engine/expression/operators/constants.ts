/** `$literal`, `$rand`. */
import { doubleOf, isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Operator } from '../operator.ts'

function literal(name: '$literal' | '$const'): Operator {
  return { name, parse: (operand) => () => operand }
}

/** A number of its own for each document. */
const rand: Operator = {
  name: '$rand',
  parse(operand, { runtime }) {
    const isEmpty =
      (isDocument(operand) && Object.keys(operand).length === 0) ||
      (Array.isArray(operand) && operand.length === 0)
    if (!isEmpty) throw new ServerError(3040501, '$rand does not currently accept arguments')
    return () => doubleOf(runtime.random())
  },
}

export const CONSTANTS: readonly Operator[] = [literal('$literal'), literal('$const'), rand]
