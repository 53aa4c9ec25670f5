/** `$dateAdd`, `$dateSubtract`, `$dateDiff`, `$dateTrunc`. */
import { Long } from 'bson'
import { canonicalText } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { timeOf } from '../coercion.ts'
import { int64ValueOf } from '../integers.ts'
import { isNullish, namedArguments, type Operator, typeText } from '../operator.ts'
import { compileZone, dayOfWeekOf, optional, type TimeUnit, timeUnitOf } from './arguments.ts'
import { addCalendarUnits, binStart, fixedMs, unitsBetween } from './steps.ts'
import { localTime, type TimeZone, utcTime } from './time_zone.ts'

const SUNDAY = 7

function dateMover(name: '$dateAdd' | '$dateSubtract', direction: 1 | -1): Operator {
  return {
    name,
    parse(operand, context) {
      const given = namedArguments(operand, {
        names: ['startDate', 'unit', 'amount', 'timezone'],
        notAnObject: () => new ServerError(5166400, `${name} expects an object as its argument`),
        unknown: (argument) =>
          new ServerError(
            5166401,
            `Unrecognized argument to ${name}: ${argument}. Expected arguments are startDate, unit, amount, and optionally timezone.`,
          ),
      })
      if (!('startDate' in given) || !('unit' in given) || !('amount' in given)) {
        throw new ServerError(5166402, `${name} requires startDate, unit, and amount to be present`)
      }
      const start = context.compile(given.startDate)
      const unitGiven = context.compile(given.unit)
      const amountGiven = context.compile(given.amount)
      const zoneOf = compileZone(name, given.timezone, context)
      return (document) => {
        const date = start(document)
        const unit = unitGiven(document)
        const amount = amountGiven(document)
        const zone = zoneOf(document)
        if (isNullish(date) || isNullish(unit) || isNullish(amount) || zone === undefined) {
          return null
        }
        const count = amountOf(name, amount)
        const moved = move(timeOfDate(name, date), timeUnitOf(name, unit, 5166404), {
          amount: count * direction,
          zone,
        })
        if (!Number.isNaN(new Date(moved).getTime())) return new Date(moved)
        throw new ServerError(5166406, `${name} overflowed`)
      }
    },
  }
}

function timeOfDate(name: string, given: unknown): number {
  try {
    return timeOf(given)
  } catch {
    throw new ServerError(5166403, `${name} requires startDate to be convertible to a date`)
  }
}

function amountOf(name: string, given: unknown): number {
  const amount = int64ValueOf(given)
  if (amount !== undefined) return Number(amount)
  throw new ServerError(5166405, `${name} expects integer amount of time units`)
}

function move(
  utcMs: number,
  unit: TimeUnit,
  by: { readonly amount: number; readonly zone: TimeZone },
): number {
  const fixed = fixedMs(unit)
  if (fixed !== undefined) return utcMs + fixed * by.amount
  return utcTime(addCalendarUnits(localTime(utcMs, by.zone), unit, by.amount), by.zone)
}

const dateDiff: Operator = {
  name: '$dateDiff',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: ['startDate', 'endDate', 'unit', 'timezone', 'startOfWeek'],
      notAnObject: (found) =>
        new ServerError(
          5166301,
          `$dateDiff only supports an object as its argument, found ${typeText(found)}`,
        ),
      unknown: (name) => new ServerError(5166302, `Unrecognized argument to $dateDiff: ${name}`),
    })
    const missing = (name: string) => `Missing '${name}' parameter to $dateDiff`
    if (!('startDate' in given)) throw new ServerError(5166303, missing('startDate'))
    if (!('endDate' in given)) throw new ServerError(5166304, missing('endDate'))
    if (!('unit' in given)) throw new ServerError(5166305, missing('unit'))
    const start = context.compile(given.startDate)
    const end = context.compile(given.endDate)
    const unitGiven = context.compile(given.unit)
    const zoneOf = compileZone('$dateDiff', given.timezone, context)
    const startOfWeek = optional(given.startOfWeek, context)
    return (document) => {
      const from = start(document)
      const to = end(document)
      const unit = unitGiven(document)
      const zone = zoneOf(document)
      if (isNullish(from) || isNullish(to) || isNullish(unit) || zone === undefined) return null
      const wanted = timeUnitOf('$dateDiff', unit, 5439013)
      const day = startOfWeek === undefined ? SUNDAY : startOfWeek(document)
      if (wanted === 'week' && isNullish(day)) return null
      const first = wanted === 'week' ? dayOfWeekFrom(day, '$dateDiff', 5439015) : SUNDAY
      const ends = [dateArgument('startDate', from), dateArgument('endDate', to)] as const
      const [a, b] = fixedMs(wanted) === undefined ? ends.map((ms) => localTime(ms, zone)) : ends
      return Long.fromNumber(unitsBetween(a!, b!, wanted, first))
    }
  },
}

function dayOfWeekFrom(given: unknown, name: string, code: number): number {
  return given === SUNDAY ? SUNDAY : dayOfWeekOf(name, given, code)
}

function dateArgument(which: string, given: unknown): number {
  try {
    return timeOf(given)
  } catch {
    throw new ServerError(
      5166307,
      `$dateDiff requires '${which}' to be a date, but got ${typeText(given)}`,
    )
  }
}

const dateTrunc: Operator = {
  name: '$dateTrunc',
  parse(operand, context) {
    const given = namedArguments(operand, {
      names: ['date', 'unit', 'binSize', 'timezone', 'startOfWeek'],
      notAnObject: (found) =>
        new ServerError(
          5439007,
          `$dateTrunc only supports an object as its argument, found ${typeText(found)}`,
        ),
      unknown: (name) => new ServerError(5439008, `Unrecognized argument to $dateTrunc: ${name}`),
    })
    if (!('date' in given)) throw new ServerError(5439009, "Missing 'date' parameter to $dateTrunc")
    if (!('unit' in given)) throw new ServerError(5439010, "Missing 'unit' parameter to $dateTrunc")
    const dateGiven = context.compile(given.date)
    const unitGiven = context.compile(given.unit)
    const binSize = optional(given.binSize, context)
    const zoneOf = compileZone('$dateTrunc', given.timezone, context)
    const startOfWeek = optional(given.startOfWeek, context)
    return (document) => {
      const date = dateGiven(document)
      const unit = unitGiven(document)
      const size = binSize === undefined ? 1 : binSize(document)
      const zone = zoneOf(document)
      const day = startOfWeek === undefined ? SUNDAY : startOfWeek(document)
      if ([date, unit, size].some(isNullish) || zone === undefined) return null
      const wanted = timeUnitOf('$dateTrunc', unit, 5439014)
      if (wanted === 'week' && isNullish(day)) return null
      const first = wanted === 'week' ? dayOfWeekFrom(day, '$dateTrunc', 5439016) : SUNDAY
      const localMs = localTime(truncated(date), zone)
      return new Date(utcTime(binStart(localMs, wanted, binSizeOf(size), first), zone))
    }
  },
}

function truncated(date: unknown): number {
  try {
    return timeOf(date)
  } catch {
    throw new ServerError(
      5439012,
      `$dateTrunc requires 'date' to be a date, but got ${typeText(date)}`,
    )
  }
}

function binSizeOf(given: unknown): number {
  const size = int64ValueOf(given)
  if (size === undefined) {
    throw new ServerError(
      5439017,
      `$dateTrunc requires 'binSize' to be a 64-bit integer, but got value '${canonicalText(given)}' of type ${typeText(given)}`,
    )
  }
  if (size > 0n) return Number(size)
  throw new ServerError(
    5439018,
    `$dateTrunc requires 'binSize' to be greater than 0, but got value ${size}`,
  )
}

export const DATE_ARITHMETIC: readonly Operator[] = [
  dateMover('$dateAdd', 1),
  dateDiff,
  dateMover('$dateSubtract', -1),
  dateTrunc,
]
