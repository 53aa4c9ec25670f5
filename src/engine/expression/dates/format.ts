/** Dates as texts by a format: `%Y-%m-%d`. Source: `TimeZone::outputDateWithFormat`. */
import { ServerError } from '../../errors.ts'
import { dayOf, dayOfWeek, dayOfYear, isoDayOfWeek, isoWeek, weekOfYear } from './calendar.ts'
import { hourOf, millisecondOf, minuteOf, secondOf } from './parts.ts'
import { localTime, type TimeZone } from './time_zone.ts'

export const ISO_FORMAT_UTC = '%Y-%m-%dT%H:%M:%S.%LZ'
export const ISO_FORMAT_LOCAL = '%Y-%m-%dT%H:%M:%S.%L'

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

/** From 0, by the beginning of its name or all of it; -1 for no month. */
export function monthIndex(text: string): number {
  const wanted = text.toLowerCase()
  return MONTHS.findIndex((month) => {
    const name = month.toLowerCase()
    return name === wanted || name.slice(0, 3) === wanted
  })
}

type Part = (localMs: number, offsetMs: number) => string

const padded = (width: number, of: (localMs: number) => number): Part => {
  return (localMs) => String(of(localMs)).padStart(width, '0')
}

const year = (of: (localMs: number) => number): Part => {
  return (localMs) => {
    const value = of(localMs)
    if (value >= 0 && value <= 9999) return String(value).padStart(4, '0')
    throw new ServerError(
      18537,
      `Could not convert date to string: date component was outside the supported range of 0-9999: ${value}`,
    )
  }
}

const PARTS: Readonly<Record<string, Part>> = {
  b: (localMs) => MONTHS[dayOf(localMs).month - 1]!.slice(0, 3),
  B: (localMs) => MONTHS[dayOf(localMs).month - 1]!,
  d: padded(2, (localMs) => dayOf(localMs).day),
  G: year((localMs) => isoWeek(localMs).year),
  H: padded(2, hourOf),
  j: padded(3, dayOfYear),
  L: padded(3, millisecondOf),
  m: padded(2, (localMs) => dayOf(localMs).month),
  M: padded(2, minuteOf),
  S: padded(2, secondOf),
  u: padded(1, isoDayOfWeek),
  U: padded(2, weekOfYear),
  V: padded(2, (localMs) => isoWeek(localMs).week),
  w: padded(1, dayOfWeek),
  Y: year((localMs) => dayOf(localMs).year),
  z: (_localMs, offsetMs) => offsetText(offsetMs),
  Z: (_localMs, offsetMs) => String(Math.trunc(offsetMs / 60_000)),
  '%': () => '%',
}

function offsetText(offsetMs: number): string {
  const minutes = Math.abs(Math.trunc(offsetMs / 60_000))
  const two = (value: number) => String(value).padStart(2, '0')
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`
}

/** @throws ServerError 18535, 18536 for a bad format, 18537 for years out of range */
export function formatDate(utcMs: number, format: string, zone: TimeZone): string {
  const localMs = localTime(utcMs, zone)
  let text = ''
  for (let i = 0; i < format.length; i++) {
    const character = format[i]!
    if (character !== '%') {
      text += character
      continue
    }
    const specifier = format[++i]
    if (specifier === undefined) {
      throw new ServerError(18535, "Unmatched '%' at end of format string")
    }
    const part = Object.hasOwn(PARTS, specifier) ? PARTS[specifier] : undefined
    if (part === undefined) {
      throw new ServerError(18536, `Invalid format character '%${specifier}' in format string`)
    }
    text += part(localMs, localMs - utcMs)
  }
  return text
}
