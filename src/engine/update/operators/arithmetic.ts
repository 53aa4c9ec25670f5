/** `$inc` and `$mul`: arithmetic with the server's number types. */
import {
  addNumbers,
  canonicalText,
  type Document,
  isNumeric,
  multiplyNumbers,
  typeNameOf,
  typeOf,
} from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { areIdentical } from '../identical.ts'
import { idText } from '../messages.ts'
import type { Modifier, Place } from '../modifier.ts'
import type { UpdateOperator } from '../operator.ts'

type Arithmetic = (a: unknown, b: unknown) => unknown

class ArithmeticModifier implements Modifier {
  readonly missingPath = 'create'
  readonly #operator: string
  readonly #calculate: Arithmetic
  readonly #operand: unknown
  /** What a missing field becomes. */
  readonly #initial: unknown

  constructor(operator: string, calculate: Arithmetic, operand: unknown, initial: unknown) {
    this.#operator = operator
    this.#calculate = calculate
    this.#operand = operand
    this.#initial = initial
  }

  modify(existing: unknown, { name }: Place, root: Document): unknown {
    if (!isNumeric(existing)) {
      throw new ServerError(
        'TypeMismatch',
        `Cannot apply ${this.#operator} to a value of non-numeric type. {${idText(root)}} has the field` +
          ` '${name}' of non-numeric type ${typeNameOf(existing)}`,
      )
    }
    const result = this.#calculate(existing, this.#operand)
    if (result === undefined) {
      throw new ServerError(
        'BadValue',
        `Failed to apply ${this.#operator} operations to current value (${safeNumText(existing)})` +
          ` for document {${idText(root)}}`,
      )
    }
    return areIdentical(existing, result) ? existing : result
  }

  create(): unknown {
    return this.#initial
  }
}

/** A number with its type, as the server's SafeNum prints itself. */
function safeNumText(value: unknown): string {
  const names: { [type: string]: string } = {
    int: 'NumberInt',
    long: 'NumberLong',
    double: 'NumberDouble',
    decimal: 'NumberDecimal',
  }
  return `(${names[typeOf(value)]})${canonicalText(value)}`
}

function checkNumeric(verb: string, operand: unknown, path: string): void {
  if (isNumeric(operand)) return
  throw new ServerError(
    'TypeMismatch',
    `Cannot ${verb} with non-numeric argument: {${path}: ${canonicalText(operand)}}`,
  )
}

export const $inc = {
  name: '$inc',
  parse(operand, path) {
    checkNumeric('increment', operand, path)
    return new ArithmeticModifier('$inc', addNumbers, operand, operand)
  },
} as const satisfies UpdateOperator

/** A missing field becomes a zero of the operand's type. */
export const $mul = {
  name: '$mul',
  parse(operand, path) {
    checkNumeric('multiply', operand, path)
    return new ArithmeticModifier('$mul', multiplyNumbers, operand, multiplyNumbers(operand, 0))
  },
} as const satisfies UpdateOperator
