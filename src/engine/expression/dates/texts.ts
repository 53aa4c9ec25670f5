/** `$dateToString`, `$dateFromString`. */
import { canonicalText } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { timeOf } from '../coercion.ts'
import { isNullish, namedArguments, type Operator, typeText } from '../operator.ts'
import { compileZone, optional } from './arguments.ts'
import { formatDate, ISO_FORMAT_LOCAL, ISO_FORMAT_UTC } from './format.ts'
import { parseDate } from './parse.ts'
import { UTC } from './time_zone.ts'

const dateToString: Operator = {
  name: '$dateToString',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: ['date', 'format', 'timezone', 'onNull'],
      notAnObject: () =>
        new ServerError(18629, '$dateToString only supports an object as its argument'),
      unknown: (name) => new ServerError(18534, `Unrecognized parameter to $dateToString: ${name}`),
    })
    if (!('date' in given)) {
      throw new ServerError(18628, "Missing 'date' parameter to $dateToString")
    }
    const date = context.compile(given.date)
    const format = optional(given.format, context)
    const zoneOf = compileZone('$dateToString', given.timezone, context)
    const onNull = optional(given.onNull, context)
    return (document) => {
      const pattern = format?.(document)
      if (!isNullish(pattern) && typeof pattern !== 'string') {
        throw new ServerError(
          18533,
          `$dateToString requires that 'format' be a string, found: ${typeText(pattern)} with value ${canonicalText(pattern)}`,
        )
      }
      const zone = zoneOf(document)
      if (zone === undefined) return null
      const value = date(document)
      if (isNullish(value)) return onNull === undefined ? null : onNull(document)
      if (format !== undefined && isNullish(pattern)) return null
      const usual = zone === UTC ? ISO_FORMAT_UTC : ISO_FORMAT_LOCAL
      return formatDate(timeOf(value), (pattern as string | undefined) ?? usual, zone)
    }
  },
}

const dateFromString: Operator = {
  name: '$dateFromString',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: ['dateString', 'format', 'timezone', 'onNull', 'onError'],
      notAnObject: (found) =>
        new ServerError(
          40540,
          `$dateFromString only supports an object as an argument, found: ${typeText(found)}`,
        ),
      unknown: (name) =>
        new ServerError(40541, `Unrecognized argument to $dateFromString: ${name}`),
    })
    if (!('dateString' in given)) {
      throw new ServerError(40542, "Missing 'dateString' parameter to $dateFromString")
    }
    const text = context.compile(given.dateString)
    const format = optional(given.format, context)
    const zoneOf = compileZone('$dateFromString', given.timezone, context)
    const hasZone = given.timezone !== undefined
    const onNull = optional(given.onNull, context)
    const onError = optional(given.onError, context)
    return (document) => {
      const pattern = format?.(document)
      if (!isNullish(pattern) && typeof pattern !== 'string') {
        throw new ServerError(
          40684,
          `$dateFromString requires that 'format' be a string, found: ${typeText(pattern)} with value ${canonicalText(pattern)}`,
        )
      }
      const zone = zoneOf(document)
      const value = text(document)
      if (isNullish(value)) return onNull === undefined ? null : onNull(document)
      if (zone === undefined || (format !== undefined && isNullish(pattern))) return null
      try {
        if (typeof value !== 'string') {
          throw new ServerError(
            'ConversionFailure',
            `$dateFromString requires that 'dateString' be a string, found: ${typeText(value)} with value ${canonicalText(value)}`,
          )
        }
        const wanted = (pattern as string | null | undefined) ?? undefined
        return new Date(parseDate(value, wanted, hasZone ? zone : undefined))
      } catch (error) {
        if (onError === undefined || !(error instanceof ServerError)) throw error
        if (error.codeName !== 'ConversionFailure') throw error
        return onError(document)
      }
    }
  },
}

export const DATE_TEXTS: readonly Operator[] = [dateFromString, dateToString]
