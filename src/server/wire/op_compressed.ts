import { type Compressor, compressorOf } from './compressors.ts'
import { readHeader, writeHeader } from './header.ts'
import { HEADER_BYTES, MESSAGE_BYTES_MAX, OpCode, ProtocolError } from './protocol.ts'

/**
 * OP_COMPRESSED: any other message, its header aside, in compressed form.
 *
 *     header 16 | originalOpcode 4 | uncompressedSize 4 | compressor 1 | bytes
 *
 * Each message names its compressor, and is answered by the same one, negotiated or not.
 *
 * Source: message_compressor_manager.cpp of the server (8.0).
 */
const PREFIX_BYTES = 9
const PAYLOAD_AT = HEADER_BYTES + PREFIX_BYTES

/** @throws ProtocolError where it is none of ours, or the message ends before it */
export function compressorIn(message: Buffer): Compressor {
  if (message.length < PAYLOAD_AT) throw new ProtocolError('an OP_COMPRESSED ends too early')
  const id = message[HEADER_BYTES + 8]!
  const compressor = compressorOf(id)
  if (compressor !== undefined) return compressor
  throw new ProtocolError(`an OP_COMPRESSED uses compressor ${id}, which was not offered`)
}

/**
 * The message inside, with a header of its own.
 *
 * @throws ProtocolError where the message is malformed
 */
export function decompress(message: Buffer, compressor: Compressor): Buffer {
  const { requestId, responseTo } = readHeader(message)
  const opCode = message.readInt32LE(HEADER_BYTES)
  const size = message.readInt32LE(HEADER_BYTES + 4)
  if (size < 0 || size > MESSAGE_BYTES_MAX - HEADER_BYTES) {
    throw new ProtocolError(`an OP_COMPRESSED claims to have ${size} bytes inside`)
  }
  const payload = decompressed(message.subarray(PAYLOAD_AT), compressor, size)
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

function decompressed(payload: Buffer, compressor: Compressor, size: number): Uint8Array {
  try {
    return compressor.decompress(payload, size)
  } catch (cause) {
    throw new ProtocolError('an OP_COMPRESSED does not decompress to the size that it claims', {
      cause,
    })
  }
}

/** The same message, compressed. */
export function compress(message: Buffer, compressor: Compressor): Buffer {
  const { requestId, responseTo, opCode } = readHeader(message)
  const payload = compressor.compress(message.subarray(HEADER_BYTES))
  const compressed = Buffer.allocUnsafe(PAYLOAD_AT + payload.length)
  writeHeader(compressed, { requestId, responseTo, opCode: OpCode.compressed })
  compressed.writeInt32LE(opCode, HEADER_BYTES)
  compressed.writeInt32LE(message.length - HEADER_BYTES, HEADER_BYTES + 4)
  compressed[HEADER_BYTES + 8] = compressor.id
  compressed.set(payload, PAYLOAD_AT)
  return compressed
}
