/**
 * Steps in units of time, of a local time: adding so many, counting those between two, and cutting
 * down to the beginning of one. Units up to a second are of fixed length; days, weeks, months and
 * years follow the calendar of the place.
 */
import { invariant } from '../../../invariant.ts'
import type { TimeUnit } from './arguments.ts'
import {
  DAY_MS,
  dayNumber,
  dayOf,
  daysInMonth,
  isoDayOfWeek,
  localTimeOf,
  timeOfDay,
} from './calendar.ts'

const FIXED_MS: { readonly [Unit in TimeUnit]?: number } = {
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
}

const MONTHS: { readonly [Unit in TimeUnit]?: number } = { year: 12, quarter: 3, month: 1 }

const DAYS: { readonly [Unit in TimeUnit]?: number } = { week: 7, day: 1 }

/** The length of a unit that the calendar has no say in. */
export function fixedMs(unit: TimeUnit): number | undefined {
  return FIXED_MS[unit]
}

/** A local time some calendar units later. The last day of a month is the most that there is. */
export function addCalendarUnits(localMs: number, unit: TimeUnit, amount: number): number {
  const days = DAYS[unit]
  if (days !== undefined) return localMs + days * amount * DAY_MS
  const months = MONTHS[unit]
  invariant(months !== undefined, 'units of fixed length are added by their length')
  const { year, month, day } = dayOf(localMs)
  const total = year * 12 + month - 1 + months * amount
  const newYear = Math.floor(total / 12)
  const newMonth = (((total % 12) + 12) % 12) + 1
  const newDay = Math.min(day, daysInMonth(newYear, newMonth))
  return localTimeOf(newYear, newMonth, newDay) + timeOfDay(localMs)
}

/** How many beginnings of a unit lie after one local time and up to another. */
export function unitsBetween(
  fromMs: number,
  toMs: number,
  unit: TimeUnit,
  startOfWeek: number,
): number {
  return unitNumber(toMs, unit, startOfWeek) - unitNumber(fromMs, unit, startOfWeek)
}

/** Which unit since 1970 a local time is in, counted from an arbitrary one. */
function unitNumber(localMs: number, unit: TimeUnit, startOfWeek: number): number {
  const fixed = FIXED_MS[unit]
  if (fixed !== undefined) return Math.floor(localMs / fixed)
  if (unit === 'day') return dayNumber(localMs)
  if (unit === 'week') return weekNumber(localMs, startOfWeek)
  const { year, month } = dayOf(localMs)
  return Math.floor((year * 12 + month - 1) / MONTHS[unit]!)
}

function weekNumber(localMs: number, startOfWeek: number): number {
  const sinceStart = (isoDayOfWeek(localMs) - startOfWeek + 7) % 7
  return Math.floor((dayNumber(localMs) - sinceStart) / 7)
}

/** Bins are counted from here: source: `kReferencePoint` of `$dateTrunc`. */
const REFERENCE_MS = Date.UTC(2000, 0, 1)

/** The beginning of the bin of so many units that a local time is in. */
export function binStart(
  localMs: number,
  unit: TimeUnit,
  binSize: number,
  startOfWeek: number,
): number {
  const fixed = FIXED_MS[unit]
  if (fixed !== undefined) {
    const width = fixed * binSize
    return localMs - floorRemainder(localMs - REFERENCE_MS, width)
  }
  const reference = unit === 'week' ? firstWeekStart(startOfWeek) : REFERENCE_MS
  const distance = unitsBetween(reference, localMs, unit, startOfWeek)
  return addCalendarUnits(reference, unit, distance - floorRemainder(distance, binSize))
}

/** The first day from the reference on at which a week begins. */
function firstWeekStart(startOfWeek: number): number {
  const ahead = (startOfWeek - isoDayOfWeek(REFERENCE_MS) + 7) % 7
  return REFERENCE_MS + ahead * DAY_MS
}

function floorRemainder(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}
