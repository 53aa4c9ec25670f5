/** `$bitsAllSet` and its kin: which bits of a whole number, or of binary data, are set. */
import type { Binary } from 'bson'
import { canonicalText, isNumeric, tagOf, typeNameOf, typeOf } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { int64ValueOf } from '../../expression/index.ts'
import { leaf } from '../expression.ts'
import { integerArgument, nonNegativeInt32Argument } from '../integer_argument.ts'
import type { PathOperator } from '../operator.ts'

/** Which of the wanted bits decide, and how they must stand. */
interface BitTest {
  readonly quantifier: 'every' | 'some'
  readonly isSet: boolean
}

function bitTest(name: string, { quantifier, isSet }: BitTest): PathOperator {
  return {
    name,
    parse({ path, operand }) {
      const positions = positionsOf(name, operand)
      return leaf('$bits', path, operand, (value) => {
        const bits = bitsOf(value)
        return bits !== undefined && positions[quantifier]((at) => bits(at) === isSet)
      })
    },
  }
}

/** Whether the bit at a position is set; undefined for what has no bits. */
function bitsOf(value: unknown): ((at: number) => boolean) | undefined {
  if (typeof value === 'object' && value !== null && tagOf(value) === 'Binary') {
    const bytes = (value as Binary).value()
    return (at) => (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1) === 1
  }
  const integer = int64ValueOf(value)
  // A negative number has ones all the way up.
  return integer === undefined ? undefined : (at) => ((integer >> BigInt(at)) & 1n) === 1n
}

/** Source: `parseBitTest`, expression_parser.cpp (8.0). */
function positionsOf(name: string, operand: unknown): number[] {
  if (Array.isArray(operand)) return operand.map((position) => positionOf(position))
  if (isNumeric(operand)) return setBits(maskOf(name, operand), 64)
  if (typeOf(operand) === 'binData') return setBits(operand, (operand as Binary).length() * 8)
  throw new ServerError(
    'BadValue',
    `${name} takes an Array, a number, or a BinData but received: ${typeNameOf(operand)}`,
  )
}

function maskOf(name: string, operand: unknown): unknown {
  const mask = integerArgument(name, operand)
  if ('problem' in mask) throw new ServerError('FailedToParse', mask.problem)
  if (mask.value >= 0) return operand
  throw new ServerError(
    'FailedToParse',
    `Expected a non-negative number in: ${name}: ${canonicalText(operand)}`,
  )
}

function positionOf(given: unknown): number {
  const position = nonNegativeInt32Argument('0', given)
  if (!('problem' in position)) return position.value
  throw new ServerError('BadValue', `Failed to parse bit position. ${position.problem}`)
}

function setBits(value: unknown, count: number): number[] {
  const bits = bitsOf(value)!
  return Array.from({ length: count }, (_, at) => at).filter(bits)
}

export const $bitsAllSet: PathOperator = bitTest('$bitsAllSet', {
  quantifier: 'every',
  isSet: true,
})
export const $bitsAllClear: PathOperator = bitTest('$bitsAllClear', {
  quantifier: 'every',
  isSet: false,
})
export const $bitsAnySet: PathOperator = bitTest('$bitsAnySet', {
  quantifier: 'some',
  isSet: true,
})
export const $bitsAnyClear: PathOperator = bitTest('$bitsAnyClear', {
  quantifier: 'some',
  isSet: false,
})
