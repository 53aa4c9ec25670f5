import { deflateSync, inflateSync } from 'node:zlib'
import { readHeader, writeHeader } from './header.ts'
import { HEADER_BYTES, MESSAGE_BYTES_MAX, OpCode, ProtocolError } from './protocol.ts'

/**
 * OP_COMPRESSED: any other message, its header aside, in compressed form.
 *
 *     header 16 | originalOpcode 4 | uncompressedSize 4 | compressor 1 | bytes
 *
 * Of the compressors that drivers know, zlib is a part of Node.js. Snappy and zstd are left out:
 * neither has a well-kept library for Node 20 that needs no native code. A client that offers
 * several gets the one that both have, and one that offers none of ours talks uncompressed.
 *
 * Source: message_compressor_manager.cpp of the server (8.0).
 */
export const COMPRESSORS: readonly string[] = ['zlib']

const ZLIB = 2
const NOOP = 0

const PREFIX_BYTES = 9
const PAYLOAD_AT = HEADER_BYTES + PREFIX_BYTES

/**
 * The message inside, with a header of its own.
 *
 * @throws ProtocolError where the message is malformed, or its compressor is none of ours
 */
export function decompress(message: Buffer): Buffer {
  if (message.length < PAYLOAD_AT) throw new ProtocolError('an OP_COMPRESSED ends too early')
  const { requestId, responseTo } = readHeader(message)
  const opCode = message.readInt32LE(HEADER_BYTES)
  const size = message.readInt32LE(HEADER_BYTES + 4)
  if (size < 0 || size > MESSAGE_BYTES_MAX - HEADER_BYTES) {
    throw new ProtocolError(`an OP_COMPRESSED claims to have ${size} bytes inside`)
  }
  const payload = inflate(message.subarray(PAYLOAD_AT), message[HEADER_BYTES + 8]!, size)
  if (payload.length !== size) {
    throw new ProtocolError(
      `an OP_COMPRESSED claims to have ${size} bytes inside, and has ${payload.length}`,
    )
  }
  const original = Buffer.allocUnsafe(HEADER_BYTES + size)
  writeHeader(original, { requestId, responseTo, opCode })
  original.set(payload, HEADER_BYTES)
  return original
}

function inflate(payload: Buffer, compressor: number, size: number): Uint8Array {
  if (compressor === NOOP) return payload
  if (compressor !== ZLIB) {
    throw new ProtocolError(`an OP_COMPRESSED uses compressor ${compressor}, which was not offered`)
  }
  try {
    return inflateSync(payload, { maxOutputLength: Math.max(1, size) })
  } catch (cause) {
    throw new ProtocolError('an OP_COMPRESSED does not decompress to the size that it claims', {
      cause,
    })
  }
}

/** The same message, compressed: what a request that came compressed is answered with. */
export function compress(message: Buffer): Buffer {
  const { requestId, responseTo, opCode } = readHeader(message)
  const payload = deflateSync(message.subarray(HEADER_BYTES))
  const compressed = Buffer.allocUnsafe(PAYLOAD_AT + payload.length)
  writeHeader(compressed, { requestId, responseTo, opCode: OpCode.compressed })
  compressed.writeInt32LE(opCode, HEADER_BYTES)
  compressed.writeInt32LE(message.length - HEADER_BYTES, HEADER_BYTES + 4)
  compressed[HEADER_BYTES + 8] = ZLIB
  compressed.set(payload, PAYLOAD_AT)
  return compressed
}
