import type { Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { BsonWriter } from './bson_writer.ts'
import { crc32c } from './crc32c.ts'
import { writeHeader } from './header.ts'
import { compress } from './op_compressed.ts'
import { CHECKSUM_BYTES, SECTIONS_AT } from './op_msg.ts'
import { HEADER_BYTES, MsgFlag, OpCode, REPLY_AWAIT_CAPABLE } from './protocol.ts'
import type { Request } from './request.ts'

/** What a reply says beside its document. */
export interface ReplyIds {
  readonly requestId: number
  /** Whether further replies follow that nobody asks for any more. */
  readonly moreToCome: boolean
}

/** BSONObjMaxInternalSize, bson_util.h: a document of 16 MiB and 16 KiB around it. */
const REPLY_BYTES_MAX = 16 * 1024 * 1024 + 16 * 1024

/** flags 4 | cursorId 8 | startingFrom 4 | numberReturned 4, of an OP_REPLY */
const OP_REPLY_DOCUMENT_AT = HEADER_BYTES + 20
/** The flags, and the kind of the one section. */
const OP_MSG_DOCUMENT_AT = SECTIONS_AT + 1

/**
 * Makes messages of replies: an OP_MSG for an OP_MSG, with a checksum where the request had one, an
 * OP_REPLY for an OP_QUERY, and either compressed as the request was.
 */
export class ReplyWriter {
  readonly #bson = new BsonWriter()

  /** @throws ServerError 10334 where the reply has outgrown what a message may carry */
  message(reply: Document, request: Request, ids: ReplyIds): Buffer {
    const isMsg = request.opCode === OpCode.msg
    const hasChecksum = isMsg && (request.flags & MsgFlag.checksumPresent) !== 0
    const documentAt = isMsg ? OP_MSG_DOCUMENT_AT : OP_REPLY_DOCUMENT_AT
    const bson = this.#bson
    bson.begin(documentAt)
    bson.reply(reply)
    checkSize(bson.length - documentAt)
    if (hasChecksum) bson.skip(CHECKSUM_BYTES)
    const message = bson.take()
    const { requestId } = ids
    const opCode = isMsg ? OpCode.msg : OpCode.reply
    writeHeader(message, { requestId, responseTo: request.requestId, opCode })
    if (isMsg) writeMsgHead(message, hasChecksum, ids.moreToCome)
    else writeReplyHead(message)
    return request.compressor === undefined ? message : compress(message, request.compressor)
  }
}

function writeMsgHead(message: Buffer, hasChecksum: boolean, moreToCome: boolean): void {
  const flags = (hasChecksum ? MsgFlag.checksumPresent : 0) | (moreToCome ? MsgFlag.moreToCome : 0)
  message.writeUInt32LE(flags, HEADER_BYTES)
  message[SECTIONS_AT] = 0
  if (!hasChecksum) return
  const end = message.length - CHECKSUM_BYTES
  message.writeUInt32LE(crc32c(message.subarray(0, end)), end)
}

/** One document, no cursor. */
function writeReplyHead(message: Buffer): void {
  message.fill(0, HEADER_BYTES, OP_REPLY_DOCUMENT_AT)
  message.writeInt32LE(REPLY_AWAIT_CAPABLE, HEADER_BYTES)
  message.writeInt32LE(1, HEADER_BYTES + 16)
}

function checkSize(sizeBytes: number): void {
  if (sizeBytes <= REPLY_BYTES_MAX) return
  const hex = sizeBytes.toString(16).toUpperCase()
  throw new ServerError(
    'BSONObjectTooLarge',
    `BSONObj size: ${sizeBytes} (0x${hex}) is invalid. Size must be between 0 and ${REPLY_BYTES_MAX}(16MB)`,
  )
}
