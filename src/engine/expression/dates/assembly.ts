/** `$dateFromParts`, `$dateToParts`. */
import { canonicalText, type Document } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { timeOf } from '../coercion.ts'
import type { Expression } from '../compile.ts'
import { int32Of } from '../integers.ts'
import { isNullish, namedArguments, type Operator, typeText } from '../operator.ts'
import { compileZone, optional } from './arguments.ts'
import { dayOf, isoDayOfWeek, isoWeek, localTimeOf, localTimeOfIsoWeek } from './calendar.ts'
import { hourOf, millisecondOf, minuteOf, secondOf } from './parts.ts'
import { localTime, utcTime } from './time_zone.ts'

const CALENDAR = ['year', 'month', 'day'] as const
const ISO = ['isoWeekYear', 'isoWeek', 'isoDayOfWeek'] as const
const TIME = ['hour', 'minute', 'second', 'millisecond'] as const

type PartName = (typeof CALENDAR | typeof ISO | typeof TIME)[number]

const dateFromParts: Operator = {
  name: '$dateFromParts',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: [...CALENDAR, ...ISO, ...TIME, 'timezone'] as const,
      notAnObject: () =>
        new ServerError(40519, '$dateFromParts only supports an object as its argument'),
      unknown: (name) => new ServerError(40518, `Unrecognized argument to $dateFromParts: ${name}`),
    })
    if (!('year' in given) && !('isoWeekYear' in given)) {
      throw new ServerError(
        40516,
        "$dateFromParts requires either 'year' or 'isoWeekYear' to be present",
      )
    }
    const isIso = 'isoWeekYear' in given
    if ((isIso ? CALENDAR : ISO).some((name) => name in given)) {
      throw new ServerError(
        40489,
        '$dateFromParts does not allow mixing natural dates with ISO dates',
      )
    }
    const names: readonly PartName[] = [...(isIso ? ISO : CALENDAR), ...TIME]
    const parts = names.map((name) => [name, optional(given[name], context)] as const)
    const zoneOf = compileZone('$dateFromParts', given.timezone, context)
    return (document) => {
      const values: number[] = []
      for (const [name, expression] of parts) {
        const value = partValue(name, expression, document)
        if (value === undefined) return null
        values.push(value)
      }
      const zone = zoneOf(document)
      if (zone === undefined) return null
      const [a, b, c, hour, minute, second, ms] = values as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ]
      const day = isIso ? localTimeOfIsoWeek(a, b, c) : localTimeOf(a, b, c)
      return new Date(utcTime(day + ((hour * 60 + minute) * 60 + second) * 1000 + ms, zone))
    }
  },
}

/** Undefined: null, and so is the date. */
function partValue(
  name: PartName,
  expression: Expression | undefined,
  document: Document,
): number | undefined {
  const isTime = (TIME as readonly string[]).includes(name)
  if (expression === undefined) return isTime ? 0 : 1
  const given = expression(document)
  if (isNullish(given)) return undefined
  const value = int32Of(given)
  if (value === undefined) {
    throw new ServerError(
      40515,
      `'${name}' must evaluate to an integer, found ${typeText(given)} with value ${canonicalText(given)}`,
    )
  }
  const isYear = name === 'year' || name === 'isoWeekYear'
  if (isYear && (value < 1 || value > 9999)) {
    throw new ServerError(
      40523,
      `'${name}' must evaluate to an integer in the range 1 to 9999, found ${value}`,
    )
  }
  const isWide = name === 'second' || name === 'millisecond'
  if (!isYear && !isWide && (value < -32768 || value > 32767)) {
    throw new ServerError(
      31034,
      `'${name}' must evaluate to a value in the range [-32768, 32767]; value ${value} is not in range`,
    )
  }
  return value
}

const dateToParts: Operator = {
  name: '$dateToParts',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: ['date', 'timezone', 'iso8601'],
      notAnObject: () =>
        new ServerError(40524, '$dateToParts only supports an object as its argument'),
      unknown: (name) => new ServerError(40520, `Unrecognized argument to $dateToParts: ${name}`),
    })
    if (!('date' in given)) {
      throw new ServerError(40522, "Missing 'date' parameter to $dateToParts")
    }
    const date = context.compile(given.date)
    const zoneOf = compileZone('$dateToParts', given.timezone, context)
    const iso8601 = optional(given.iso8601, context)
    return (document) => {
      const value = date(document)
      if (isNullish(value)) return null
      const zone = zoneOf(document)
      if (zone === undefined) return null
      const isIso = iso8601 === undefined ? false : iso8601(document)
      if (isNullish(isIso)) return null
      if (typeof isIso !== 'boolean') {
        throw new ServerError(40521, `iso8601 must evaluate to a bool, found ${typeText(isIso)}`)
      }
      return partsOf(localTime(timeOf(value), zone), isIso)
    }
  },
}

function partsOf(localMs: number, isIso: boolean): Document {
  const time = {
    hour: hourOf(localMs),
    minute: minuteOf(localMs),
    second: secondOf(localMs),
    millisecond: millisecondOf(localMs),
  }
  if (!isIso) return { ...dayOf(localMs), ...time }
  const { year, week } = isoWeek(localMs)
  return { isoWeekYear: year, isoWeek: week, isoDayOfWeek: isoDayOfWeek(localMs), ...time }
}

export const DATE_ASSEMBLY: readonly Operator[] = [dateFromParts, dateToParts]
