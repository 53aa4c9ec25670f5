import type { Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { readHeader } from './header.ts'
import { compress, decompress } from './op_compressed.ts'
import { flagsOf, readOpMsg, writeOpMsg } from './op_msg.ts'
import { readOpQuery, writeOpReply } from './op_query.ts'
import { MsgFlag, OpCode, ProtocolError } from './protocol.ts'

/** A message as whoever answers it needs it: the command, and how the reply must look. */
export interface Request {
  /** The command, or what is wrong with its documents, which is answered like a failed command. */
  readonly command: Document | ServerError
  readonly wantsReply: boolean
  /** Makes a message of a reply's BSON; `requestId` is that of the reply itself. */
  frame(document: Uint8Array, requestId: number): Buffer
}

/**
 * Reads one whole message of any kind.
 *
 * @throws ProtocolError where it is malformed, or of a kind that no client sends
 */
export function readRequest(message: Buffer): Request {
  const { opCode } = readHeader(message)
  if (opCode !== OpCode.compressed) return readPlain(message)
  const inner = readPlain(decompress(message))
  return {
    command: inner.command,
    wantsReply: inner.wantsReply,
    frame: (document, requestId) => compress(inner.frame(document, requestId)),
  }
}

function readPlain(message: Buffer): Request {
  const { opCode, requestId: responseTo } = readHeader(message)
  if (opCode === OpCode.msg) {
    const flags = flagsOf(message)
    const checksum = (flags & MsgFlag.checksumPresent) !== 0
    return {
      command: orServerError(() => readOpMsg(message)),
      wantsReply: (flags & MsgFlag.moreToCome) === 0,
      frame: (document, requestId) => writeOpMsg(document, { requestId, responseTo, checksum }),
    }
  }
  if (opCode === OpCode.query) {
    return {
      command: orServerError(() => readOpQuery(message)),
      wantsReply: true,
      frame: (document, requestId) => writeOpReply(document, { requestId, responseTo }),
    }
  }
  throw new ProtocolError(`a message has the operation code ${opCode}, which is none of a client's`)
}

function orServerError(read: () => Document): Document | ServerError {
  try {
    return read()
  } catch (error) {
    if (error instanceof ServerError) return error
    throw error
  }
}
