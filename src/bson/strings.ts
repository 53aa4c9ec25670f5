/**
 * Strings as BSON sees them: UTF-8 bytes, compared bytewise.
 *
 * UTF-8 keeps the order of code points, but UTF-16, which JavaScript's `<` compares, does not:
 * a character beyond U+FFFF starts with a surrogate (U+D800..U+DFFF), which is less than
 * U+E000..U+FFFF although the character itself is greater.
 */

/** Two methods of strings that every engine of today has, but not the library we compile for. */
type UnicodeText = string & { isWellFormed(): boolean; toWellFormed(): string }

/** Whether each surrogate of a string is one of a pair, so that the string has a UTF-8 form. */
export function isWellFormed(text: string): boolean {
  return (text as UnicodeText).isWellFormed()
}

/** The string with U+FFFD for each unpaired surrogate, which is what UTF-8 makes of it. */
export function toWellFormed(text: string): string {
  return isWellFormed(text) ? text : (text as UnicodeText).toWellFormed()
}

/** Compares by code point: negative, zero or positive. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left !== right) return codePointRank(left) - codePointRank(right)
  }
  return a.length - b.length
}

/** Moves the surrogates above the rest of the units, where their characters are. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x10000 : unit
}

/** The length of a string's UTF-8 form; an unpaired surrogate counts as U+FFFD, three bytes. */
export function utf8Length(text: string): number {
  const length = text.length
  for (let index = 0; index < length; index++) {
    if (text.charCodeAt(index) > 0x7f) return index + utf8LengthFrom(text, index)
  }
  return length
}

function utf8LengthFrom(text: string, start: number): number {
  let bytes = 0
  for (let index = start; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800) bytes += 2
    else if (isSurrogatePair(text, index)) {
      bytes += 4
      index++
    } else bytes += 3
  }
  return bytes
}

/** A string's UTF-8 form as a string of one character per byte. */
export function utf8Characters(text: string): string {
  let bytes = ''
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) bytes += text[index]
    else if (unit < 0x800) bytes += String.fromCharCode(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f))
    else if (isSurrogatePair(text, index)) bytes += fourBytes(text.codePointAt(index++) as number)
    else bytes += threeBytes(unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit)
  }
  return bytes
}

function threeBytes(point: number): string {
  return String.fromCharCode(
    0xe0 | (point >> 12),
    0x80 | ((point >> 6) & 0x3f),
    0x80 | (point & 0x3f),
  )
}

function fourBytes(point: number): string {
  return String.fromCharCode(
    0xf0 | (point >> 18),
    0x80 | ((point >> 12) & 0x3f),
    0x80 | ((point >> 6) & 0x3f),
    0x80 | (point & 0x3f),
  )
}

function isSurrogatePair(text: string, index: number): boolean {
  const high = text.charCodeAt(index)
  if (high < 0xd800 || high > 0xdbff || index + 1 >= text.length) return false
  const low = text.charCodeAt(index + 1)
  return low >= 0xdc00 && low <= 0xdfff
}
