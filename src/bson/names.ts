/**
 * What there is to know of a field name, remembered: its length in UTF-8, and whether it needs care
 * on its way in. Names recur from document to document; looking one up costs less than reading it.
 *
 * The memory is a small direct-mapped cache: a name can be at one place only, which its length and
 * two of its characters give, and the last one there stays. So it never grows, and a look-up is one
 * comparison of two strings that are mostly the very same object.
 */
import { isWellFormed, utf8Length } from './strings.ts'

const PLACES = 1024

const names: string[] = new Array(PLACES).fill('')
/** The length of each name in UTF-8; -1 for one that needs care. */
const lengths = new Int32Array(PLACES)

/** Names longer than this are data rather than names, and are not remembered. */
const NAME_UNITS_MAX = 128

function placeOf(name: string): number {
  const { length } = name
  const middle = name.charCodeAt(length >> 1)
  return (length * 31 + name.charCodeAt(0) * 7 + middle) & (PLACES - 1)
}

/** The length of a name in UTF-8, in bytes. */
export function nameLength(name: string): number {
  const place = placeOf(name)
  if (names[place] !== name) return remember(name, place)
  const length = lengths[place] as number
  return length < 0 ? utf8Length(name) : length
}

/**
 * Whether a field of this name may be copied as it is. Not so where there is a NUL or an unpaired
 * surrogate in it, nor for `_bsontype`, by which `bson` knows its classes, `toBSON`, which it
 * calls, and `__proto__`.
 */
export function isPlainName(name: string): boolean {
  const place = placeOf(name)
  if (names[place] !== name) remember(name, place)
  else return (lengths[place] as number) >= 0
  return !needsCare(name)
}

const UNUSUAL: ReadonlySet<string> = new Set(['_bsontype', 'toBSON', '__proto__'])

function needsCare(name: string): boolean {
  return name.includes('\0') || UNUSUAL.has(name) || !isWellFormed(name)
}

function remember(name: string, place: number): number {
  const length = utf8Length(name)
  if (name.length <= NAME_UNITS_MAX) {
    names[place] = name
    lengths[place] = needsCare(name) ? -1 : length
  }
  return length
}
