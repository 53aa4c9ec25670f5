/** Values taken for texts or dates, as operators take them that want one. */
import type { BSONSymbol, Code, ObjectId, Timestamp } from 'bson'
import { doubleText, numberToDouble, typeOf } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { typeText } from './operator.ts'

/**
 * Source: `Value::coerceToString`, value.cpp: nothing is the empty text.
 *
 * @throws ServerError 16007 for what is no scalar that could be written out
 */
export function textOf(value: unknown): string {
  switch (typeOf(value)) {
    case 'null':
    case 'undefined':
      return ''
    case 'string':
      return value as string
    case 'symbol':
      return (value as BSONSymbol).value
    case 'javascript':
      return (value as Code).code
    case 'int':
    case 'long':
    case 'decimal':
      return String(value)
    case 'double':
      return doubleToText(numberToDouble(value))
    case 'date':
      return (value as Date).toISOString()
    case 'timestamp': {
      const { t, i } = value as Timestamp
      return `Timestamp(${t}, ${i})`
    }
    default:
      throw new ServerError(16007, `can't convert from BSON type ${typeText(value)} to String`)
  }
}

/** As the server writes doubles where they are to be read as text: 16 digits, no needless point. */
export function doubleToText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  return doubleText(value).replace(/\.0$/, '')
}

/** Source: `Value::coerceToDate`, value.cpp. @returns epoch milliseconds */
export function timeOf(value: unknown): number {
  switch (typeOf(value)) {
    case 'date':
      return (value as Date).getTime()
    case 'timestamp':
      return (value as Timestamp).t * 1000
    case 'objectId':
      return (value as ObjectId).getTimestamp().getTime()
    default:
      throw new ServerError(16006, `can't convert from BSON type ${typeText(value)} to Date`)
  }
}
