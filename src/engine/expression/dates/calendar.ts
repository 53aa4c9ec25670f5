/**
 * Days, weeks and months of the Gregorian calendar, for a time that is local already: milliseconds
 * since 1970 as a clock in that place would count them.
 */

export const DAY_MS = 86_400_000

/** The local time of a day's beginning; months and days beyond their range carry over. */
export function localTimeOf(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  millisecond = 0,
): number {
  // The constructor takes years below 100 for those of the twentieth century.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second, millisecond)
  return date.getTime()
}

export interface CalendarDay {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
}

export function dayOf(localMs: number): CalendarDay {
  const date = new Date(localMs)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** Days since 1970. */
export function dayNumber(localMs: number): number {
  return Math.floor(localMs / DAY_MS)
}

/** Milliseconds since midnight. */
export function timeOfDay(localMs: number): number {
  return localMs - dayNumber(localMs) * DAY_MS
}

/** From 1. */
export function dayOfYear(localMs: number): number {
  return dayNumber(localMs) - dayNumber(localTimeOf(dayOf(localMs).year, 1, 1)) + 1
}

/** Sunday is 1. */
export function dayOfWeek(localMs: number): number {
  return new Date(localMs).getUTCDay() + 1
}

/** Monday is 1. */
export function isoDayOfWeek(localMs: number): number {
  return new Date(localMs).getUTCDay() || 7
}

/** Weeks begin on Sunday; days before the year's first Sunday are in week 0. */
export function weekOfYear(localMs: number): number {
  return Math.floor((dayOfYear(localMs) + 7 - dayOfWeek(localMs)) / 7)
}

/** The week that has the year's first Thursday is week 1 (ISO 8601). */
export function isoWeek(localMs: number): { readonly year: number; readonly week: number } {
  const thursday = localMs + (4 - isoDayOfWeek(localMs)) * DAY_MS
  return { year: dayOf(thursday).year, week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1 }
}

/** The local time of a day that is named by ISO week; days and weeks out of range carry over. */
export function localTimeOfIsoWeek(year: number, week: number, day: number): number {
  const fourth = localTimeOf(year, 1, 4)
  return fourth + ((week - 1) * 7 + day - isoDayOfWeek(fourth)) * DAY_MS
}

export function daysInMonth(year: number, month: number): number {
  return dayOf(localTimeOf(year, month + 1, 0)).day
}
