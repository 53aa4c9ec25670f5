/**
 * Texts as dates: by a format, or in the usual forms of ISO 8601 and RFC 2822.
 * The server has a library that reads many more (timelib); what this does not read is an error.
 */
import { ServerError } from '../../errors.ts'
import { localTimeOf, localTimeOfIsoWeek } from './calendar.ts'
import { monthIndex } from './format.ts'
import { type TimeZone, timeZoneOf, utcTime } from './time_zone.ts'

interface Fields {
  year?: number
  month?: number
  day?: number
  dayOfYear?: number
  isoYear?: number
  isoWeek?: number
  isoDay?: number
  hour?: number
  minute?: number
  second?: number
  millisecond?: number
  zone?: string
}

/** Names of the parts that `%x` stands for, and what they look like. */
const SPECIFIERS: Readonly<Record<string, readonly [name: string, pattern: string]>> = {
  b: ['month', '[A-Za-z]{3}'],
  B: ['month', '[A-Za-z]+'],
  d: ['day', '\\d{1,2}'],
  G: ['isoYear', '\\d{1,4}'],
  H: ['hour', '\\d{1,2}'],
  j: ['dayOfYear', '\\d{1,3}'],
  L: ['millisecond', '\\d{1,3}'],
  m: ['month', '\\d{1,2}'],
  M: ['minute', '\\d{1,2}'],
  S: ['second', '\\d{1,2}'],
  u: ['isoDay', '[1-7]'],
  V: ['isoWeek', '\\d{1,2}'],
  Y: ['year', '\\d{4}'],
  z: ['zone', 'Z|[A-Z]{3}|[+-]\\d{2}(?::?\\d{2})?|[A-Za-z]+(?:/[A-Za-z_]+)+'],
  Z: ['offset', '[+-]?\\d+'],
}

const ZONE = '(?:\\s*(?<zone>Z|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?|[A-Za-z]+(?:/[A-Za-z_]+)+))?'
const TIME =
  '(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:[.,](?<millisecond>\\d{1,9}))?)?'

const USUAL_FORMS: readonly RegExp[] = [
  `(?<year>\\d{4})-(?<month>\\d{1,2})-(?<day>\\d{1,2})(?:[T ]\\s*${TIME})?${ZONE}`,
  `(?<year>\\d{4})/(?<month>\\d{1,2})/(?<day>\\d{1,2})(?:[T ]\\s*${TIME})?${ZONE}`,
  `(?<month>\\d{1,2})/(?<day>\\d{1,2})/(?<year>\\d{4})(?: ${TIME})?${ZONE}`,
  `(?<year>\\d{4})(?<month>\\d{2})(?<day>\\d{2})(?:[T ]?${TIME})?${ZONE}`,
  `(?:[A-Za-z]{3,9},?\\s+)?(?<day>\\d{1,2})(?:st|nd|rd|th)?[ -](?<month>[A-Za-z]{3,9}),?[ -](?<year>\\d{4})(?:,?\\s+${TIME})?${ZONE}`,
  `(?:[A-Za-z]{3,9},?\\s+)?(?<month>[A-Za-z]{3,9}) (?<day>\\d{1,2})(?:st|nd|rd|th)?,? (?<year>\\d{4})(?:,?\\s+${TIME})?${ZONE}`,
  `(?<year>\\d{4})-W(?<isoWeek>\\d{2})(?:-(?<isoDay>[1-7]))?(?:[T ]${TIME})?${ZONE}`,
].map((pattern) => new RegExp(`^\\s*${pattern}\\s*$`, 'i'))

/**
 * @param zone what was given beside the text, which must not name one itself then
 * @returns epoch milliseconds
 * @throws ServerError 241 ConversionFailure; 18535, 18536 for a bad format
 */
export function parseDate(
  text: string,
  format: string | undefined,
  zone: TimeZone | undefined,
): number {
  const fields = format === undefined ? usualFields(text) : formattedFields(text, format)
  if (fields.zone !== undefined && zone !== undefined) {
    throw failure(
      text,
      'you cannot pass in a date/time string with time zone information together with a timezone argument',
    )
  }
  const local = localTimeFrom(text, fields)
  const within =
    fields.zone === undefined
      ? zone
      : timeZoneOf(fields.zone.toUpperCase() === 'Z' ? 'Z' : fields.zone)
  return within === undefined ? local : utcTime(local, within)
}

function usualFields(text: string): Fields {
  for (const form of USUAL_FORMS) {
    const match = form.exec(text)
    if (match !== null) return fieldsOf(text, match.groups ?? {})
  }
  throw failure(text, 'an incomplete date/time string has been found, with elements missing')
}

function formattedFields(text: string, format: string): Fields {
  let pattern = ''
  for (let i = 0; i < format.length; i++) {
    const character = format[i]!
    if (character !== '%') {
      pattern += character.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
      continue
    }
    const specifier = format[++i]
    if (specifier === undefined) {
      throw new ServerError(18535, "Unmatched '%' at end of format string")
    }
    const known = Object.hasOwn(SPECIFIERS, specifier) ? SPECIFIERS[specifier] : undefined
    if (specifier === '%') pattern += '%'
    else if (known === undefined) {
      throw new ServerError(18536, `Invalid format character '%${specifier}' in format string`)
    } else pattern += pattern.includes(`(?<${known[0]}>`) ? known[1] : `(?<${known[0]}>${known[1]})`
  }
  const match = new RegExp(`^${pattern}$`).exec(text)
  if (match === null) throw failure(text, 'the format does not match')
  return fieldsOf(text, match.groups ?? {})
}

function fieldsOf(text: string, groups: Readonly<Record<string, string | undefined>>): Fields {
  const fields: Record<string, number | string> = {}
  for (const [name, value] of Object.entries(groups)) {
    if (value === undefined) continue
    if (name === 'zone') fields[name] = value
    else if (name === 'offset') fields['zone'] = offsetZone(Number(value))
    else if (name === 'millisecond') fields[name] = Math.trunc(Number(`0.${value}`) * 1000)
    else if (name === 'month' && !/^\d/.test(value)) {
      const month = monthIndex(value)
      if (month < 0) throw failure(text, 'the timezone could not be found in the database')
      fields[name] = month + 1
    } else fields[name] = Number(value)
  }
  return fields
}

/** Minutes ahead of UTC as the name of a zone. */
function offsetZone(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

function localTimeFrom(text: string, fields: Fields): number {
  const { hour = 0, minute = 0, second = 0, millisecond = 0 } = fields
  if (hour > 24 || minute > 59 || second > 59) throw failure(text, 'unexpected character')
  const timeMs = ((hour * 60 + minute) * 60 + second) * 1000 + millisecond
  const isoYear = fields.isoYear ?? (fields.isoWeek === undefined ? undefined : fields.year)
  if (isoYear !== undefined) {
    return localTimeOfIsoWeek(isoYear, fields.isoWeek ?? 1, fields.isoDay ?? 1) + timeMs
  }
  const { year } = fields
  if (year === undefined) throw failure(text, 'an incomplete date/time string has been found')
  if (fields.dayOfYear !== undefined) return localTimeOf(year, 1, fields.dayOfYear) + timeMs
  const { month, day } = fields
  if (month === undefined || day === undefined) {
    throw failure(text, 'an incomplete date/time string has been found, with elements missing')
  }
  if (month < 1 || month > 12 || day < 1 || day > 31) throw failure(text, 'unexpected character')
  return localTimeOf(year, month, day) + timeMs
}

function failure(text: string, why: string): ServerError {
  return new ServerError('ConversionFailure', `Error parsing date string '${text}'; ${why}`)
}
