/** `$year`, `$month`, ...: one part of a date, in UTC or in a time zone. */
import { Long } from 'bson'
import { isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { timeOf } from '../coercion.ts'
import type { Expression } from '../compile.ts'
import { argumentsOf, isNullish, namedArguments, type Operator } from '../operator.ts'
import { compileZone, type ZoneOf } from './arguments.ts'
import {
  dayOf,
  dayOfWeek,
  dayOfYear,
  isoDayOfWeek,
  isoWeek,
  timeOfDay,
  weekOfYear,
} from './calendar.ts'
import { localTime, UTC } from './time_zone.ts'

function datePart(name: string, part: (localMs: number) => unknown): Operator {
  return {
    name,
    parse(operand, context) {
      let date: Expression
      let zoneOf: ZoneOf = () => UTC
      const first = isDocument(operand) ? Object.keys(operand)[0] : undefined
      if (isDocument(operand) && first?.startsWith('$') !== true) {
        const given = namedArguments(operand, {
          names: ['date', 'timezone'],
          notAnObject: () => new ServerError(40535, `${name} accepts a document`),
          unknown: (argument) =>
            new ServerError(40535, `unrecognized option to ${name}: "${argument}"`),
        })
        if (!('date' in given)) {
          throw new ServerError(40539, `missing 'date' argument to ${name}, provided: ${name}`)
        }
        date = context.compile(given.date)
        zoneOf = compileZone(name, given.timezone, context)
      } else {
        if (Array.isArray(operand) && operand.length !== 1) {
          throw new ServerError(
            40536,
            `${name} accepts exactly one argument if given an array, but was given ${operand.length}`,
          )
        }
        date = argumentsOf(name, operand, context, 1, 1)[0]!
      }
      return (document) => {
        const value = date(document)
        if (isNullish(value)) return null
        const zone = zoneOf(document)
        return zone === undefined ? null : part(localTime(timeOf(value), zone))
      }
    },
  }
}

const HOUR_MS = 3_600_000

export const hourOf = (localMs: number): number => Math.floor(timeOfDay(localMs) / HOUR_MS)
export const minuteOf = (localMs: number): number => Math.floor(timeOfDay(localMs) / 60_000) % 60
export const secondOf = (localMs: number): number => Math.floor(timeOfDay(localMs) / 1000) % 60
export const millisecondOf = (localMs: number): number => timeOfDay(localMs) % 1000

export const DATE_PARTS: readonly Operator[] = [
  datePart('$dayOfMonth', (localMs) => dayOf(localMs).day),
  datePart('$dayOfWeek', dayOfWeek),
  datePart('$dayOfYear', dayOfYear),
  datePart('$hour', hourOf),
  datePart('$isoDayOfWeek', isoDayOfWeek),
  datePart('$isoWeek', (localMs) => isoWeek(localMs).week),
  datePart('$isoWeekYear', (localMs) => Long.fromNumber(isoWeek(localMs).year)),
  datePart('$millisecond', millisecondOf),
  datePart('$minute', minuteOf),
  datePart('$month', (localMs) => dayOf(localMs).month),
  datePart('$second', secondOf),
  datePart('$week', weekOfYear),
  datePart('$year', (localMs) => dayOf(localMs).year),
]
