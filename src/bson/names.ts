/**
 * What there is to know of a field name, remembered: its UTF-8 length, and whether it is one that
 * needs care on its way in. Names recur from document to document, and a look-up costs less than
 * reading the name.
 */
import { utf8Length } from './strings.ts'

const lengths = new Map<string, number>()
const ENTRIES_MAX = 10_000
const NAME_UNITS_MAX = 256

/** The length of a name in UTF-8, in bytes. */
export function nameLength(name: string): number {
  return lengths.get(name) ?? remember(name)
}

function remember(name: string): number {
  const length = utf8Length(name)
  if (lengths.size >= ENTRIES_MAX) lengths.clear()
  // Names that are data (keys of a map, say) may be long, and are not worth keeping.
  if (name.length <= NAME_UNITS_MAX) lengths.set(name, length)
  return length
}

/** The names lately seen at each place of a document; a stored document's next one is the same. */
const recent: string[] = []
const RECENT_MAX = 64

/**
 * Whether a name may be copied as it is: no NUL in it, and not `_bsontype`, by which `bson` knows
 * its own classes, nor `__proto__`.
 * @param place the name's place in its document, where the same name is likely to come again
 */
export function isPlainName(name: string, place: number): boolean {
  if (recent[place] === name) return true
  if (name.includes('\0') || name === '_bsontype' || name === '__proto__') return false
  if (place < RECENT_MAX && name.length <= NAME_UNITS_MAX) recent[place] = name
  return true
}
