import * as zlib from 'node:zlib'
import type { Compressor } from './compressors.ts'

/** What `node:zlib` has of zstd from Node.js 22.15 on. */
interface ZstdOfNode {
  zstdCompressSync(bytes: Uint8Array): Buffer
  zstdDecompressSync(
    bytes: Uint8Array,
    options: { maxOutputLength: number; params: Record<number, number> },
  ): Buffer
  readonly constants: { readonly ZSTD_d_windowLogMax: number }
}

/** The power of two that holds the largest message: no frame may ask for a larger window. */
const WINDOW_LOG_MAX = 26

/** Zstd where the running Node.js has it; elsewhere it is not offered. */
export const zstd: Compressor | undefined = zstdOf(zlib as unknown as Partial<ZstdOfNode>)

function zstdOf(node: Partial<ZstdOfNode>): Compressor | undefined {
  const { zstdCompressSync, zstdDecompressSync, constants } = node
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return undefined
  if (constants === undefined) return undefined
  const params = { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX }
  return {
    name: 'zstd',
    id: 3,
    compress: (bytes) => zstdCompressSync(bytes),
    decompress: (bytes, size) =>
      zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, size), params }),
  }
}
