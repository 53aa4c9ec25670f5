import { ProtocolError } from './protocol.ts'

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
