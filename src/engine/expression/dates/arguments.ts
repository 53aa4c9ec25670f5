/** What operators about dates are given: dates, time zones, units of time. */
import type { Document } from '../../../bson/index.ts'
import { canonicalText } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Expression } from '../compile.ts'
import type { ExpressionContext } from '../context.ts'
import { isNullish, typeText } from '../operator.ts'
import { type TimeZone, timeZoneOf, UTC } from './time_zone.ts'

/** The time zone for a document; undefined where the expression for it gives null. */
export type ZoneOf = (document: Document) => TimeZone | undefined

/** Source: `makeTimeZone`, expression.cpp. @throws ServerError 40485, 40533 */
export function compileZone(name: string, given: unknown, context: ExpressionContext): ZoneOf {
  if (given === undefined) return () => UTC
  const expression = context.compile(given)
  return (document) => {
    const zone = expression(document)
    if (isNullish(zone)) return undefined
    if (typeof zone === 'string') return timeZoneOf(zone)
    throw new ServerError(
      40533,
      `${name} requires a string for the timezone argument, but was given a ${typeText(zone)} (${canonicalText(zone)})`,
    )
  }
}

export const TIME_UNITS = [
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'hour',
  'minute',
  'second',
  'millisecond',
] as const

export type TimeUnit = (typeof TIME_UNITS)[number]

/** Source: `parseTimeUnit`. @throws ServerError 9, or `code` for what is no string */
export function timeUnitOf(name: string, given: unknown, code: number): TimeUnit {
  if (typeof given !== 'string') {
    throw new ServerError(code, `${name} expects string defining a time unit`)
  }
  const unit = TIME_UNITS.find((one) => one === given)
  if (unit !== undefined) return unit
  throw new ServerError(
    'FailedToParse',
    `${name} parameter 'unit' value cannot be recognized as a time unit: ${given}`,
  )
}

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

/** From 1, Monday. Source: `parseDayOfWeek`. */
export function dayOfWeekOf(name: string, given: unknown, code: number): number {
  if (typeof given !== 'string') {
    throw new ServerError(
      code,
      `${name} requires 'startOfWeek' to be a string, but got ${typeText(given)}`,
    )
  }
  const wanted = given.toLowerCase()
  const at = DAYS.findIndex((day) => day === wanted || day.slice(0, 3) === wanted)
  if (at >= 0) return at + 1
  throw new ServerError(
    'FailedToParse',
    `${name} parameter 'startOfWeek' value cannot be recognized as a day of a week: ${given}`,
  )
}

/** The expression of an argument that may be left out. */
export function optional(given: unknown, context: ExpressionContext): Expression | undefined {
  return given === undefined ? undefined : context.compile(given)
}
