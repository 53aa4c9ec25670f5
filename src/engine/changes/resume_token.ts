/**
 * Resume tokens: a place in the change log as hexadecimal text, which sorts as the places do. The
 * layout is that of the server's key strings (resume_token.cpp, 8.0):
 *
 *     82 SSSSSSSS IIIIIIII   cluster time
 *     2B04                   version 2 of the format
 *     29 | 2C0100            only up to a time (a high-water mark), or an event
 *     29 | 2B.. | 2C....     which of the events of one commit
 *     6E | 6F                whether it is the event that ended its stream
 *     14 | 5A1004 ...        UUID of the collection
 *     ...                    what the event is of
 *     04                     the end
 */
import { Timestamp } from 'bson'
import { type Document, encodeKeyValue, isDocument } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { type LoggedChange, uuidOf } from './change.ts'

/** What a token says. */
export interface TokenPlace {
  readonly time: Timestamp
  /** Of an event; nothing for a high-water mark. */
  readonly index: number | undefined
  readonly isInvalidate: boolean
}

const VERSION = '2B04'
const HIGH_WATER_MARK = '29'
const EVENT = '2C0100'

/** The token of an event. */
export function eventToken(logged: LoggedChange, isInvalidate: boolean): Document {
  const { time, index, change } = logged
  const uuid = uuidOf(change)
  const parts = [
    timeText(time),
    VERSION,
    EVENT,
    countText(index),
    isInvalidate ? '6F' : '6E',
    uuid === undefined ? '14' : `5A1004${hex(uuid)}`,
    identityOf(logged),
    '04',
  ]
  return { _data: parts.join('') }
}

/** A token that says: everything before this time has been seen. */
export function highWaterMark(time: Timestamp): Document {
  return { _data: `${timeText(time)}${VERSION}${HIGH_WATER_MARK}296E1404` }
}

const FORM =
  /^82([0-9A-F]{8})([0-9A-F]{8})2B04(29|2C0100)(29|2B[0-9A-F]{2}|2C[0-9A-F]{4}|2D[0-9A-F]{6})(6E|6F)/

/** @throws ServerError 40647, 9 for what is no token of ours */
export function parseToken(token: unknown): TokenPlace {
  const data = isDocument(token) ? token['_data'] : undefined
  if (typeof data !== 'string') {
    throw new ServerError(40647, 'Bad resume token: _data of missing or of wrong type')
  }
  const [, seconds, increment, type, index, invalidate] = FORM.exec(data) ?? []
  if (seconds === undefined || increment === undefined || index === undefined) {
    throw new ServerError('FailedToParse', 'resume token string was not a valid hex string')
  }
  return {
    time: new Timestamp({ t: Number.parseInt(seconds, 16), i: Number.parseInt(increment, 16) }),
    index: type === EVENT ? countOf(index) : undefined,
    isInvalidate: invalidate === '6F',
  }
}

function identityOf({ change }: LoggedChange): string {
  switch (change.kind) {
    case 'insert':
    case 'update':
      return keyText(change.after['_id'])
    case 'delete':
      return keyText(change.before['_id'])
    default:
      return `3C${hex(new TextEncoder().encode(change.kind))}00`
  }
}

/** `{ _id: value }`, the document's key. */
function keyText(id: unknown): string {
  const characters = encodeKeyValue(id)
  return `46${hex(Uint8Array.from(characters, (character) => character.charCodeAt(0)))}00`
}

function timeText({ t, i }: Timestamp): string {
  return `82${eight(t)}${eight(i)}`
}

/** Whole numbers as key strings write them: the more bytes, the greater the first. */
function countText(count: number): string {
  if (count === 0) return '29'
  const shifted = count * 2
  const bytes = shifted < 0x100 ? 1 : shifted < 0x1_0000 ? 2 : 3
  const tag = (0x2a + bytes).toString(16)
  return `${tag}${shifted.toString(16).padStart(bytes * 2, '0')}`.toUpperCase()
}

function countOf(text: string): number {
  return text === '29' ? 0 : Number.parseInt(text.slice(2), 16) / 2
}

const eight = (value: number): string => value.toString(16).padStart(8, '0').toUpperCase()

function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text.toUpperCase()
}
