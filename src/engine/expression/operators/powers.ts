/** `$pow`, `$log`, `$atan2`: functions of two numbers; `$round` and `$trunc`. */
import type { Decimal128 } from 'bson'
import {
  atan2OfDecimals,
  decimalOfNumber,
  doubleOf,
  isNumeric,
  logarithmOfDecimal,
  longOf,
  type Numeric,
  numberToDouble,
  powerOfDecimals,
  roundDecimal,
  roundDouble,
  typeOf,
} from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Expression } from '../compile.ts'
import { int32Of, int64ValueOf, narrowest } from '../integers.ts'
import { argumentsOf, binary, isNullish, type Operator, typeText } from '../operator.ts'

/** Source: `ExpressionPow::evaluate`, expression.cpp: integers stay integers while they fit. */
const pow: Operator = binary('$pow', (base, exponent) => {
  if (isNullish(base) || isNullish(exponent)) return null
  if (!isNumeric(base)) {
    throw new ServerError(28762, `$pow's base must be numeric, not ${typeText(base)}`)
  }
  if (!isNumeric(exponent)) {
    throw new ServerError(28763, `$pow's exponent must be numeric, not ${typeText(exponent)}`)
  }
  if (numberToDouble(base) === 0 && numberToDouble(exponent) < 0) {
    throw new ServerError(28764, '$pow cannot take a base of 0 and a negative exponent')
  }
  if (isDecimal(base) || isDecimal(exponent)) {
    return powerOfDecimals(decimalOfNumber(base), decimalOfNumber(exponent))
  }
  const exact = isIntegral(base) && isIntegral(exponent) ? integerPower(base, exponent) : undefined
  return exact ?? doubleOf(numberToDouble(base) ** numberToDouble(exponent))
})

/** Undefined where the result is no 64-bit integer. An int to the power of an int may be a long. */
function integerPower(base: unknown, exponent: unknown): Numeric | undefined {
  const b = int64ValueOf(base)!
  const e = int64ValueOf(exponent)!
  if (b === 1n) return keepWidth(1n, base, exponent)
  if (b === -1n) return keepWidth(e % 2n === 0n ? 1n : -1n, base, exponent)
  if (e < 0n || e > 63n) return b === 0n && e > 0n ? keepWidth(0n, base, exponent) : undefined
  return keepWidth(b ** e, base, exponent)
}

function keepWidth(value: bigint, base: unknown, exponent: unknown): Numeric | undefined {
  const wide = typeOf(base) === 'long' || typeOf(exponent) === 'long'
  const result = narrowest(value)
  return wide && typeof result === 'number' ? longOf(value) : result
}

const log: Operator = binary('$log', (value, base) => {
  if (isNullish(value) || isNullish(base)) return null
  if (!isNumeric(value)) {
    throw new ServerError(28756, `$log's argument must be numeric, not ${typeText(value)}`)
  }
  if (!isNumeric(base)) {
    throw new ServerError(28757, `$log's base must be numeric, not ${typeText(base)}`)
  }
  const argument = numberToDouble(value)
  const radix = numberToDouble(base)
  if (argument <= 0) {
    throw new ServerError(
      28758,
      `$log's argument must be a positive number, but is ${String(value)}`,
    )
  }
  if (radix <= 0 || radix === 1) {
    throw new ServerError(
      28759,
      `$log's base must be a positive number not equal to 1, but is ${String(base)}`,
    )
  }
  if (isDecimal(value) || isDecimal(base)) {
    return logarithmOfDecimal(decimalOfNumber(value), decimalOfNumber(base))
  }
  return doubleOf(Math.log(argument) / Math.log(radix))
})

const atan2: Operator = binary('$atan2', (y, x) => {
  if (isNullish(y) || isNullish(x)) return null
  for (const value of [y, x]) {
    if (isNumeric(value)) continue
    throw new ServerError(
      51044,
      `$atan2 only supports numeric types, not ${typeText(y)} and ${typeText(x)}`,
    )
  }
  if (isDecimal(y) || isDecimal(x)) return atan2OfDecimals(decimalOfNumber(y), decimalOfNumber(x))
  return doubleOf(Math.atan2(numberToDouble(y), numberToDouble(x)))
})

/** Source: `evaluateRoundOrTrunc`, expression.cpp. */
function rounding(name: '$round' | '$trunc', mode: 'half-even' | 'truncate'): Operator {
  return {
    name,
    parse(operand, context) {
      const [number, places] = argumentsOf(name, operand, context, 1, 2) as [
        Expression,
        Expression | undefined,
      ]
      return (document) => {
        const value = number(document)
        const precision = places === undefined ? 0 : places(document)
        if (isNullish(value) || isNullish(precision)) return null
        if (!isNumeric(value)) {
          throw new ServerError(
            51081,
            `${name} only supports numeric types, not ${typeText(value)}`,
          )
        }
        return rounded(value, precisionOf(name, precision), mode, name)
      }
    },
  }
}

function precisionOf(name: string, given: unknown): number {
  const precision = int32Of(given)
  if (precision === undefined) {
    throw new ServerError(51082, `precision argument to  ${name} must be a integral value`)
  }
  if (precision >= -20 && precision <= 100) return precision
  throw new ServerError(
    51083,
    `cannot apply ${name} with precision value ${precision} value must be in [-20, 100]`,
  )
}

function rounded(
  value: unknown,
  places: number,
  mode: 'half-even' | 'truncate',
  name: string,
): unknown {
  switch (typeOf(value)) {
    case 'decimal':
      return roundDecimal(value as Decimal128, places, mode)
    case 'double':
      return doubleOf(roundDouble(numberToDouble(value), places, mode))
    default: {
      if (places >= 0) return value
      const result = roundInteger(int64ValueOf(value)!, 10n ** BigInt(-places), mode)
      if (BigInt.asIntN(64, result) !== result) {
        throw new ServerError(
          51080,
          `invalid conversion from Decimal128 result in ${name} resulting from arguments: [${String(value)}, ${places}]`,
        )
      }
      return typeOf(value) === 'long' ? longOf(result) : narrowest(result)
    }
  }
}

function roundInteger(value: bigint, unit: bigint, mode: 'half-even' | 'truncate'): bigint {
  const truncated = (value / unit) * unit
  if (mode === 'truncate') return truncated
  const rest = value - truncated
  const twice = (rest < 0n ? -rest : rest) * 2n
  const isOdd = (value / unit) % 2n !== 0n
  if (twice < unit || (twice === unit && !isOdd)) return truncated
  return truncated + (value < 0n ? -unit : unit)
}

const isDecimal = (value: unknown): boolean => typeOf(value) === 'decimal'

const isIntegral = (value: unknown): boolean => typeOf(value) === 'int' || typeOf(value) === 'long'

export const POWERS: readonly Operator[] = [
  atan2,
  log,
  pow,
  rounding('$round', 'half-even'),
  rounding('$trunc', 'truncate'),
]
