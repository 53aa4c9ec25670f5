/** What every message begins with, beside its length. */
export interface Header {
  readonly requestId: number
  readonly responseTo: number
  readonly opCode: number
}

/** Reads the header of a message that has all of it. */
export function readHeader(message: Buffer): Header {
  return {
    requestId: message.readInt32LE(4),
    responseTo: message.readInt32LE(8),
    opCode: message.readInt32LE(12),
  }
}

/** Writes the header of a message that fills its buffer. */
export function writeHeader(message: Buffer, header: Header): void {
  message.writeInt32LE(message.length, 0)
  message.writeInt32LE(header.requestId, 4)
  message.writeInt32LE(header.responseTo, 8)
  message.writeInt32LE(header.opCode, 12)
}
