/**
 * Field names as strings, without making the same string anew for each document.
 *
 * Names recur. This is a small direct-mapped cache over their bytes: a name can be at one place
 * only, which its bytes give, and the last one there stays; so it never grows, and it can't be
 * wrong, because what is found is compared byte by byte. One copy serves a whole process: it
 * remembers spellings, not values.
 */
const PLACES = 1024
/** Names longer than this are data rather than names. */
const NAME_BYTES_MAX = 32

const names: string[] = new Array(PLACES).fill('')

/** The UTF-8 text of these bytes. */
export function nameAt(bytes: Buffer, start: number, end: number): string {
  const length = end - start
  if (length > NAME_BYTES_MAX) return bytes.toString('utf8', start, end)
  let hash = length
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0
  const place = (hash ^ (hash >>> 15)) & (PLACES - 1)
  const known = names[place]!
  if (known.length === length && isSpelled(known, bytes, start)) return known
  const name = bytes.toString('utf8', start, end)
  names[place] = name
  return name
}

/** Only ASCII is found: elsewhere a character is not a byte. */
function isSpelled(name: string, bytes: Buffer, start: number): boolean {
  for (let index = 0; index < name.length; index++) {
    const byte = bytes[start + index]!
    if (byte > 0x7f || name.charCodeAt(index) !== byte) return false
  }
  return true
}
