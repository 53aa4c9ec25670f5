import { Double, serialize } from 'bson'
import type { Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { ProtocolError } from './protocol.ts'

/**
 * Where documents are in a message, and replies as bytes. `bson_reader.ts` reads documents.
 *
 * The serialiser reads the store's own documents: a number is an int32 where it is integral and
 * fits, else a double, which is what it means in the store too.
 */

/** The length of an empty document: its own length, and a final 0. */
const DOCUMENT_BYTES_MIN = 5

/**
 * Where the document ends that begins at this offset.
 *
 * @throws ProtocolError where its length does not fit into what is there
 */
export function documentEnd(bytes: Buffer, start: number, limit: number): number {
  const room = limit - start
  const length = room < DOCUMENT_BYTES_MIN ? room : bytes.readInt32LE(start)
  if (length >= DOCUMENT_BYTES_MIN && length <= room) return start + length
  throw new ProtocolError(`a document claims to have ${length} bytes where ${room} are left`)
}

const OK = new Double(1)
const NOT_OK = new Double(0)

/** BSONObjMaxInternalSize, bson_util.h: a document of 16 MiB and 16 KiB around it. */
const REPLY_BYTES_MAX = 16 * 1024 * 1024 + 16 * 1024

/**
 * A reply as bytes. Its `ok` is a double on the wire, and has been from the first server on;
 * everywhere else in here it is a number.
 *
 * @throws ServerError 10334 where the reply has outgrown what a message may carry
 */
export function writeReply(reply: Document): Uint8Array {
  const ok = reply['ok'] === 1 ? OK : NOT_OK
  let bytes: Uint8Array | undefined
  try {
    bytes = serialize({ ...reply, ok })
  } catch (error) {
    // What does not fit into the serialiser's own buffer is far too large.
    if (!(error instanceof RangeError)) throw error
  }
  if (bytes !== undefined && bytes.length <= REPLY_BYTES_MAX) return bytes
  const size = bytes === undefined ? 'too large' : `${bytes.length} (0x${hex(bytes.length)})`
  throw new ServerError(
    'BSONObjectTooLarge',
    `BSONObj size: ${size} is invalid. Size must be between 0 and ${REPLY_BYTES_MAX}(16MB)`,
  )
}

function hex(size: number): string {
  return size.toString(16).toUpperCase()
}
