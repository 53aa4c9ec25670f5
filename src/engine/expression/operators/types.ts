/** `$type`, `$isNumber`, `$convert` and its short forms. */
import {
  type Document,
  isDocument,
  isNumeric,
  isTypeAlias,
  toSafeInteger,
  typeOfNumber,
} from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Expression } from '../compile.ts'
import { convertTo, TARGETS, type Target } from '../conversions.ts'
import { isNullish, namedArguments, type Operator, typeText, unary } from '../operator.ts'

/** What a short form is called: `$toInt` converts to int. */
const SHORT_FORMS: Readonly<Record<string, Target>> = {
  $toBool: 'bool',
  $toDate: 'date',
  $toDecimal: 'decimal',
  $toDouble: 'double',
  $toInt: 'int',
  $toLong: 'long',
  $toObjectId: 'objectId',
  $toString: 'string',
}

function shortForm(name: string, target: Target): Operator {
  return unary(name, (value) => (isNullish(value) ? null : convertTo(target, value)))
}

/** Source: `ExpressionConvert::parse`, expression.cpp. */
const convert: Operator = {
  name: '$convert',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: ['input', 'to', 'onError', 'onNull', 'format'],
      notAnObject: (found) =>
        failedToParse(
          `$convert expects an object of named arguments but found: ${typeText(found)}`,
        ),
      unknown: (name) => failedToParse(`$convert found an unknown argument: ${name}`),
    })
    if (!('input' in given)) throw failedToParse("Missing 'input' parameter to $convert")
    if (!('to' in given)) throw failedToParse("Missing 'to' parameter to $convert")
    if ('format' in given) {
      throw new ServerError('NotImplemented', '$convert with a format is not supported yet')
    }
    const input = context.compile(given.input)
    const to = context.compile(given.to)
    const onError = 'onError' in given ? context.compile(given.onError) : undefined
    const onNull = 'onNull' in given ? context.compile(given.onNull) : undefined
    return (document) => {
      const target = to(document)
      const value = input(document)
      if (isNullish(value)) return onNull === undefined ? null : onNull(document)
      if (isNullish(target)) return null
      return converted(targetOf(target), value, onError, document)
    }
  },
}

function converted(
  target: Target,
  value: unknown,
  onError: Expression | undefined,
  document: Document,
): unknown {
  try {
    return convertTo(target, value)
  } catch (error) {
    if (onError === undefined || !(error instanceof ServerError)) throw error
    if (error.codeName !== 'ConversionFailure') throw error
    return onError(document)
  }
}

/** A type by its alias or its number. */
function targetOf(given: unknown): Target {
  if (isDocument(given)) {
    if ('subtype' in given) {
      throw new ServerError('NotImplemented', '$convert with a subtype is not supported yet')
    }
    return targetOf(given['type'])
  }
  const type = isNumeric(given)
    ? typeOfNumber(toSafeInteger(given) ?? 0)
    : typeof given === 'string' && isTypeAlias(given)
      ? given
      : undefined
  if (type === undefined && typeof given === 'string') {
    throw new ServerError('BadValue', `Unknown type name: ${given}`)
  }
  if (type === undefined) {
    throw failedToParse(
      `In $convert, numeric value for 'to' does not correspond to a BSON type: ${String(given)}`,
    )
  }
  const target = TARGETS.find((one) => one === type)
  if (target !== undefined) return target
  throw new ServerError(
    'ConversionFailure',
    `Unsupported conversion to ${type} in $convert with no onError value`,
  )
}

function failedToParse(message: string): ServerError {
  return new ServerError('FailedToParse', message)
}

const type: Operator = unary('$type', typeText)

const isNumber: Operator = unary('$isNumber', isNumeric)

export const TYPES: readonly Operator[] = [
  ...Object.entries(SHORT_FORMS).map(([name, target]) => shortForm(name, target)),
  convert,
  isNumber,
  type,
]
