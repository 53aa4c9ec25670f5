import { deflateSync, inflateSync } from 'node:zlib'
import { compressSnappy, decompressSnappy } from './snappy.ts'
import { zstd } from './zstd.ts'

/** A way to compress messages, as both sides know it. */
export interface Compressor {
  /** The name by which it is negotiated. */
  readonly name: string
  /** The number by which a message names it. */
  readonly id: number
  compress(bytes: Uint8Array): Uint8Array
  /**
   * @param size how many bytes must come out; never are many more made
   * @throws whatever is wrong with the bytes
   */
  decompress(bytes: Uint8Array, size: number): Uint8Array
}

/** What everyone understands and nobody negotiates: the bytes as they are. */
const noop: Compressor = {
  name: 'noop',
  id: 0,
  compress: (bytes) => bytes,
  decompress: (bytes) => bytes,
}

const snappy: Compressor = {
  name: 'snappy',
  id: 1,
  compress: compressSnappy,
  decompress: decompressSnappy,
}

const zlib: Compressor = {
  name: 'zlib',
  id: 2,
  compress: (bytes) => deflateSync(bytes),
  decompress: (bytes, size) => inflateSync(bytes, { maxOutputLength: Math.max(1, size) }),
}

const known: readonly Compressor[] = [snappy, ...(zstd === undefined ? [] : [zstd]), zlib]

/**
 * The names that a client may ask for. Of those that it lists, in its own order, both sides have
 * agreed on all that are here. Source: message_compressor_manager.cpp (8.0).
 */
export const COMPRESSOR_NAMES: readonly string[] = known.map(({ name }) => name)

const byId: ReadonlyMap<number, Compressor> = new Map(
  [noop, ...known].map((compressor) => [compressor.id, compressor]),
)

/** The compressor of this number; nothing where there is none here. */
export function compressorOf(id: number): Compressor | undefined {
  return byId.get(id)
}
