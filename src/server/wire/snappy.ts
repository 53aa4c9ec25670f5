import { createRequire } from 'node:module'
// @ts-expect-error The package brings no types.
import type snappyjs from 'snappyjs'

interface Library {
  compress(bytes: Buffer): Buffer
}

let loaded: Library | undefined

/** It takes as long to load as to begin to listen, and few clients ask for it. */
function library(): Library {
  loaded ??= createRequire(import.meta.url)('snappyjs') as typeof snappyjs as Library
  return loaded
}

/**
 * Snappy's block format: the length of what comes out as a varint, then tags. The two low bits of a
 * tag's first byte are its kind:
 *
 *     00  so many bytes follow; a length of 60 to 63 says that the real one is in 1 to 4 more bytes
 *     01  a copy of 4 to 11 bytes from up to 2 KiB back
 *     10  a copy of up to 64 bytes from up to 64 KiB back
 *     11  the same from anywhere
 *
 * The library compresses. Decompression is our own, because the library's believes its input: a
 * literal whose 32-bit length is negative sends it back to the same tag, for ever, and what ends
 * too early comes out with zeros at its end.
 *
 * Source: format_description.txt of google/snappy.
 */
export function compressSnappy(bytes: Uint8Array): Uint8Array {
  return library().compress(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

/** Three bytes of a tag make at most this many. */
const COPY_BYTES_MAX = 64

/**
 * @param size how many bytes must come out
 * @throws RangeError where anything else would
 */
export function decompressSnappy(bytes: Uint8Array, size: number): Uint8Array {
  const start = checkedPreamble(bytes, size)
  // Before anything is allocated for a claim that can't be true.
  if (size > Math.ceil(bytes.length / 3) * COPY_BYTES_MAX) throw malformed()
  const out = Buffer.allocUnsafe(size)
  let written = 0
  for (let at = start; at < bytes.length; ) {
    const tag = bytes[at]!
    const head = headBytes(tag)
    if (at + head > bytes.length) throw malformed()
    const length = lengthOf(bytes, at, tag)
    if (length > size - written) throw malformed()
    const source = at + head
    if ((tag & 3) === 0) {
      if (source + length > bytes.length) throw malformed()
      out.set(bytes.subarray(source, source + length), written)
      at = source + length
    } else {
      const offset = offsetOf(bytes, at, tag)
      if (offset === 0 || offset > written) throw malformed()
      copyBack(out, written, offset, length)
      at = source
    }
    written += length
  }
  if (written !== size) throw malformed()
  return out
}

/** @returns where the tags begin */
function checkedPreamble(bytes: Uint8Array, size: number): number {
  let length = 0
  for (let at = 0; at < 5 && at < bytes.length; at++) {
    const byte = bytes[at]!
    length += (byte & 0x7f) * 2 ** (7 * at)
    if (byte > 0x7f) continue
    if (length !== size) throw malformed()
    return at + 1
  }
  throw malformed()
}

/** The bytes of a tag before the next one, or before its literal. */
function headBytes(tag: number): number {
  switch (tag & 3) {
    case 0:
      return 1 + longLiteral(tag)
    case 1:
      return 2
    case 2:
      return 3
    default:
      return 5
  }
}

/** How many bytes the length of a literal takes behind its tag. */
function longLiteral(tag: number): number {
  return tag < 60 << 2 ? 0 : (tag >>> 2) - 59
}

function lengthOf(bytes: Uint8Array, at: number, tag: number): number {
  const kind = tag & 3
  if (kind === 1) return ((tag >>> 2) & 7) + 4
  const extra = kind === 0 ? longLiteral(tag) : 0
  return (extra === 0 ? tag >>> 2 : unsigned(bytes, at + 1, extra)) + 1
}

function offsetOf(bytes: Uint8Array, at: number, tag: number): number {
  const kind = tag & 3
  if (kind === 1) return ((tag >>> 5) << 8) | bytes[at + 1]!
  return unsigned(bytes, at + 1, kind === 2 ? 2 : 4)
}

/** Little-endian. */
function unsigned(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let index = count - 1; index >= 0; index--) value = value * 256 + bytes[at + index]!
  return value
}

/** What is copied may reach into what the copy itself writes: then it repeats. */
function copyBack(out: Uint8Array, at: number, offset: number, length: number): void {
  for (let index = at; index < at + length; index++) out[index] = out[index - offset]!
}

function malformed(): RangeError {
  return new RangeError('malformed snappy')
}
