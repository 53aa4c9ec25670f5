/** Byte strings: JavaScript strings whose every character stands for one byte. */

const CHUNK = 4096

/** Inverts every byte, and so the order of byte strings none of which begins another. */
export function invertCharacters(characters: string): string {
  let inverted = ''
  for (let start = 0; start < characters.length; start += CHUNK) {
    const codes: number[] = []
    const end = Math.min(start + CHUNK, characters.length)
    for (let index = start; index < end; index++) codes.push(0xff - characters.charCodeAt(index))
    inverted += String.fromCharCode(...codes)
  }
  return inverted
}

/** Bytes as a byte string. */
export function charactersOf(bytes: Uint8Array): string {
  let characters = ''
  for (let start = 0; start < bytes.length; start += CHUNK) {
    characters += String.fromCharCode(...bytes.subarray(start, start + CHUNK))
  }
  return characters
}
