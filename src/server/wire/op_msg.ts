import type { Document } from '../../bson/index.ts'
import { readBson } from './bson_reader.ts'
import { crc32c } from './crc32c.ts'
import { documentEnd } from './documents.ts'
import { HEADER_BYTES, MsgFlag, ProtocolError, REQUIRED_FLAGS } from './protocol.ts'

/**
 * OP_MSG: flags, then sections, then perhaps a checksum. A section is a byte that says its kind,
 * and either one document (kind 0: the command, exactly once) or a named sequence of documents
 * (kind 1), which stands for an array in the command that would be long.
 *
 *     header 16 | flags 4 | 00 document | 01 size 4, name, 00, document ... | [crc 4]
 *
 * Source: op_msg.cpp of the server (8.0).
 */
const FLAG_BYTES = 4
export const CHECKSUM_BYTES = 4
export const SECTIONS_AT: number = HEADER_BYTES + FLAG_BYTES

/** The sections of one message, on their way to become a command. */
interface Sections {
  command: Document | undefined
  readonly sequences: [name: string, documents: Document[]][]
}

/** The flags of a message, which say whether its sender waits for an answer. */
export function flagsOf(message: Buffer): number {
  if (message.length < SECTIONS_AT) throw new ProtocolError('an OP_MSG ends before its flags')
  return message.readUInt32LE(HEADER_BYTES)
}

/**
 * Reads the command out of a whole message, header included.
 *
 * @throws ProtocolError where the message is malformed; ServerError where one of its documents is
 */
export function readOpMsg(message: Buffer): Document {
  const flags = flagsOf(message)
  const unknown = flags & REQUIRED_FLAGS & ~(MsgFlag.checksumPresent | MsgFlag.moreToCome)
  if (unknown !== 0) {
    throw new ProtocolError(`an OP_MSG has flags that nobody knows: 0x${unknown.toString(16)}`)
  }
  const end = (flags & MsgFlag.checksumPresent) === 0 ? message.length : checkedEnd(message)
  const sections: Sections = { command: undefined, sequences: [] }
  let at = SECTIONS_AT
  while (at < end) at = readSection(message, at, end, sections)
  return joined(sections)
}

function checkedEnd(message: Buffer): number {
  const end = message.length - CHECKSUM_BYTES
  if (end < SECTIONS_AT) throw new ProtocolError('an OP_MSG ends before its checksum')
  if (message.readUInt32LE(end) === crc32c(message.subarray(0, end))) return end
  throw new ProtocolError('the checksum of an OP_MSG does not match its bytes')
}

/** @returns where the next section begins */
function readSection(message: Buffer, at: number, end: number, sections: Sections): number {
  const kind = message[at]
  if (kind === 1) return readSequence(message, at + 1, end, sections)
  if (kind !== 0) throw new ProtocolError(`an OP_MSG has a section of unknown kind ${kind}`)
  if (sections.command !== undefined) throw new ProtocolError('an OP_MSG has several bodies')
  const documentEndsAt = documentEnd(message, at + 1, end)
  sections.command = readBson(message, at + 1, documentEndsAt)
  return documentEndsAt
}

function readSequence(message: Buffer, at: number, limit: number, sections: Sections): number {
  const length = limit - at < 4 ? -1 : message.readInt32LE(at)
  // Four bytes of length, and a name of nothing but its final 0.
  if (length < 5 || length > limit - at) {
    throw new ProtocolError(
      `a document sequence claims to have ${length} bytes where ${limit - at} are left`,
    )
  }
  const end = at + length
  const nameEnd = message.indexOf(0, at + 4)
  if (nameEnd === -1 || nameEnd >= end) {
    throw new ProtocolError('a document sequence has a name that never ends')
  }
  const name = message.toString('utf8', at + 4, nameEnd)
  const documents: Document[] = []
  for (let next = nameEnd + 1; next < end; ) {
    const documentEndsAt = documentEnd(message, next, end)
    documents.push(readBson(message, next, documentEndsAt))
    next = documentEndsAt
  }
  sections.sequences.push([name, documents])
  return end
}

/** Sequences become fields of the command; their order does not matter to any command. */
function joined({ command, sequences }: Sections): Document {
  if (command === undefined) throw new ProtocolError('an OP_MSG has no body')
  for (const [name, documents] of sequences) {
    if (Object.hasOwn(command, name) || name === '__proto__') {
      throw new ProtocolError(`an OP_MSG has '${name}' both in its body and as a sequence`)
    }
    command[name] = documents
  }
  return command
}
