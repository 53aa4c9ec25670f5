import type { Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { Compressor } from './compressors.ts'
import { compressorIn, decompress } from './op_compressed.ts'
import { flagsOf, readOpMsg } from './op_msg.ts'
import { readOpQuery } from './op_query.ts'
import { MsgFlag, OP_CODE_AT, OpCode, ProtocolError, REQUEST_ID_AT } from './protocol.ts'

/** A message as whoever answers it needs it: the command, and what its reply depends on. */
export interface Request {
  /** The command, or what is wrong with its documents, which is answered like a failed command. */
  readonly command: Document | ServerError
  readonly requestId: number
  /** `OpCode.msg` or `OpCode.query`: each has its own kind of reply. */
  readonly opCode: number
  /** Those of an OP_MSG, see `MsgFlag`; 0 for an OP_QUERY. */
  readonly flags: number
  /** What the message came compressed with, and its reply leaves with. */
  readonly compressor: Compressor | undefined
}

export function wantsReply({ flags }: Request): boolean {
  return (flags & MsgFlag.moreToCome) === 0
}

/**
 * Reads one whole message of any kind.
 *
 * @throws ProtocolError where it is malformed, or of a kind that no client sends
 */
export function readRequest(message: Buffer): Request {
  if (message.readInt32LE(OP_CODE_AT) !== OpCode.compressed) return readPlain(message, undefined)
  const compressor = compressorIn(message)
  return readPlain(decompress(message, compressor), compressor)
}

function readPlain(message: Buffer, compressor: Compressor | undefined): Request {
  const opCode = message.readInt32LE(OP_CODE_AT)
  const requestId = message.readInt32LE(REQUEST_ID_AT)
  if (opCode === OpCode.msg) {
    const flags = flagsOf(message)
    return { command: orServerError(readOpMsg, message), requestId, opCode, flags, compressor }
  }
  if (opCode === OpCode.query) {
    const command = orServerError(readOpQuery, message)
    return { command, requestId, opCode, flags: 0, compressor }
  }
  throw new ProtocolError(`a message has the operation code ${opCode}, which is none of a client's`)
}

function orServerError(
  read: (message: Buffer) => Document,
  message: Buffer,
): Document | ServerError {
  try {
    return read(message)
  } catch (error) {
    if (error instanceof ServerError) return error
    throw error
  }
}
