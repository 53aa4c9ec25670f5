/**
 * Time zones: an offset such as `+05:30`, or a name of the IANA database such as `Europe/Berlin`,
 * which the JavaScript engine knows.
 */
import { ServerError } from '../../errors.ts'
import { localTimeOf } from './calendar.ts'

export interface TimeZone {
  /** Milliseconds that its clocks are ahead of UTC at this moment. */
  offsetMsAt(utcMs: number): number
}

export const UTC: TimeZone = { offsetMsAt: () => 0 }

/** What a clock shows there. */
export function localTime(utcMs: number, zone: TimeZone): number {
  return utcMs + zone.offsetMsAt(utcMs)
}

/**
 * When a clock there shows this. A time that the clocks skip counts as if they had not yet been put
 * forward; of one that they show twice, it is the first.
 */
export function utcTime(localMs: number, zone: TimeZone): number {
  const before = localMs - zone.offsetMsAt(localMs - HALF_DAY_MS)
  if (localTime(before, zone) === localMs) return before
  const after = localMs - zone.offsetMsAt(localMs + HALF_DAY_MS)
  return localTime(after, zone) === localMs ? after : before
}

const HALF_DAY_MS = 43_200_000

const OFFSET = /^([+-])(\d{2})(?::?(\d{2}))?$/

/** Zones by name; there are some six hundred. */
const known = new Map<string, TimeZone>()

/** @throws ServerError 40485 for a name that there is not */
export function timeZoneOf(name: string): TimeZone {
  if (name === 'UTC' || name === 'GMT' || name === 'Z') return UTC
  const offset = OFFSET.exec(name)
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0)
    const offsetMs = (offset[1] === '-' ? -minutes : minutes) * 60_000
    return { offsetMsAt: () => offsetMs }
  }
  let zone = known.get(name)
  if (zone === undefined) {
    zone = namedZone(name)
    known.set(name, zone)
  }
  return zone
}

function namedZone(name: string): TimeZone {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    throw new ServerError(40485, `unrecognized time zone identifier: "${name}"`)
  }
  return { offsetMsAt: (utcMs) => shownBy(format, utcMs) - Math.floor(utcMs / 1000) * 1000 }
}

/** What the clocks of a zone show, to the second, as local milliseconds. */
function shownBy(format: Intl.DateTimeFormat, utcMs: number): number {
  const shown: Record<string, string> = {}
  for (const { type, value } of format.formatToParts(utcMs)) shown[type] = value
  const of = (type: string): number => Number(shown[type])
  const year = shown['era'] === 'BC' ? 1 - of('year') : of('year')
  return localTimeOf(year, of('month'), of('day'), of('hour'), of('minute'), of('second'))
}
