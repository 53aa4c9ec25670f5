/**
 * The numbers of the wire protocol. Source: the specification of the MongoDB wire protocol and
 * src/mongo/rpc/message.h, op_msg.h of the server (8.0). All integers are little-endian.
 */

/** int32 messageLength (itself included), int32 requestID, int32 responseTo, int32 opCode. */
export const HEADER_BYTES = 16
export const REQUEST_ID_AT = 4
export const OP_CODE_AT = 12

/** MaxMessageSizeBytes, message.h: megabytes, not mebibytes. */
export const MESSAGE_BYTES_MAX = 48_000_000

export const OpCode = {
  reply: 1,
  query: 2004,
  compressed: 2012,
  msg: 2013,
} as const

/** Flags of an OP_MSG. */
export const MsgFlag = {
  /** The last four bytes are a CRC-32C of all the others. */
  checksumPresent: 1,
  /**
   * The sender goes on: a request with it gets no reply, and after a reply with it comes another.
   */
  moreToCome: 2,
  /** The client takes several replies to one request. See `exhaust.ts`. */
  exhaustAllowed: 0x10000,
} as const

/** A receiver must refuse an OP_MSG with one of these flags that it does not know. */
export const REQUIRED_FLAGS = 0xffff

/** `AwaitCapable`, which every OP_REPLY carries; dbmessage.h. */
export const REPLY_AWAIT_CAPABLE = 8

/**
 * What a peer sent is no message of this protocol. Whoever sends such a thing can't be answered,
 * because it is not known where its next message begins: the connection ends.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}
