/**
 * Keys of `_id` indexes: key strings (`key_string.ts`) in another dress, with the same order.
 *
 * An index of one ascending field needs no terminators, so the key of a string can be the string
 * itself. That matters because most look-ups are by a string `_id`: nothing is put together, and
 * the engine remembers a string's hash in the string, which the caller brings along (a find by
 * `_id` among 100,000 documents spent a fifth of its time on hashing and comparing fresh keys).
 *
 * ```
 * types before strings    \0    key string
 * ''                      \1
 * strings                 the body of the key string, which is the text itself where it is ASCII
 * types behind strings    \xff  key string
 * ```
 *
 * No body begins with 0 (a 0 in the text is escaped as 1 1) or with 0xff (no UTF-8 does), and no
 * body is a lone 1. Hence keys differ where key strings do, and are in the same order.
 */
import { encodeKeyValue, TAGS } from './key_string.ts'

const EMPTY_TEXT = '\x01'

/** The key of an `_id`. */
export function encodeIdKey(id: unknown): string {
  if (typeof id === 'string' && isItsOwnKey(id)) return id
  return idKeyBound(encodeKeyValue(id))
}

/** Whether a text is its own key string's body: ASCII, nothing escaped, and not empty. */
function isItsOwnKey(text: string): boolean {
  const { length } = text
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 2 || unit > 0x7f) return false
  }
  return length > 0
}

/**
 * A key string, or a bound of key strings around one or around all of a type, among these keys:
 * where it is less than a key string it is less than that one's key, and so on.
 */
export function idKeyBound(bound: string): string {
  if (bound === '') return ''
  const tag = bound.charCodeAt(0)
  if (tag < TAGS.string) return `\0${bound}`
  if (tag > TAGS.string) return `\xff${bound}`
  if (bound.length === 1) return EMPTY_TEXT
  // What lies right behind a text is before the text with anything behind it.
  const isBehind = bound.endsWith('\xff')
  const body = bound.slice(1, isBehind ? -2 : -1)
  const key = body === '' ? EMPTY_TEXT : body
  return isBehind ? `${key}\0` : key
}
