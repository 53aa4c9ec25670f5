/** A client that writes bytes, for what no driver would send. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type Document, deserialize, serialize } from 'bson'
import type { Compressor } from '../../../src/server/wire/compressors.ts'
import { compressorIn, decompress } from '../../../src/server/wire/op_compressed.ts'

export const OP_REPLY = 1
export const OP_QUERY = 2004
export const OP_COMPRESSED = 2012
export const OP_MSG = 2013

/** A whole message around a body. */
export function message(opCode: number, body: Uint8Array, requestId = 1): Buffer {
  const whole = Buffer.alloc(16 + body.length)
  whole.writeInt32LE(whole.length, 0)
  whole.writeInt32LE(requestId, 4)
  whole.writeInt32LE(opCode, 12)
  whole.set(body, 16)
  return whole
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

export const body = (document: Document): Buffer =>
  Buffer.concat([Buffer.from([0]), serialize(document)])

export function sequence(name: string, documents: readonly Document[]): Buffer {
  const rest = Buffer.concat([
    Buffer.from(`${name}\0`),
    ...documents.map((document) => serialize(document)),
  ])
  return Buffer.concat([Buffer.from([1]), int32(4 + rest.length), rest])
}

/** An OP_MSG of sections. */
export function opMsg(sections: readonly Uint8Array[], flags = 0, requestId = 1): Buffer {
  return message(OP_MSG, Buffer.concat([int32(flags), ...sections]), requestId)
}

export const command = (document: Document, requestId = 1, flags = 0): Buffer =>
  opMsg([body({ ...document, $db: document['$db'] ?? 'test' })], flags, requestId)

export function opQuery(ns: string, query: Document, requestId = 1): Buffer {
  const text = Buffer.from(`${ns}\0`)
  const parts = [int32(0), text, int32(0), int32(-1), serialize(query)]
  return message(OP_QUERY, Buffer.concat(parts), requestId)
}

/** The same message in compressed form. */
export function compressed(
  whole: Buffer,
  compressor: Pick<Compressor, 'id' | 'compress'>,
  size: number = whole.length - 16,
): Buffer {
  const prefix = [int32(whole.readInt32LE(12)), int32(size), Buffer.from([compressor.id])]
  const payload = compressor.compress(whole.subarray(16))
  return message(OP_COMPRESSED, Buffer.concat([...prefix, payload]), whole.readInt32LE(4))
}

export interface Answer {
  readonly opCode: number
  readonly requestId: number
  readonly responseTo: number
  /** Those of an OP_MSG. */
  readonly flags: number
  readonly bytes: Buffer
  readonly document: Document
}

export class RawClient {
  readonly socket: Socket
  #received = Buffer.alloc(0)
  #ended = false

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      socket.emit('news')
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#ended = true
      socket.emit('news')
    })
  }

  /** @param uri whose first host is dialled */
  static async connect(uri: string): Promise<RawClient> {
    const { hostname, port } = new URL(uri)
    const socket = connect({ host: hostname, port: Number(port) })
    const client = new RawClient(socket)
    await once(socket, 'connect')
    return client
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  /** The next message; undefined when the connection ends first. */
  async answer(): Promise<Answer | undefined> {
    for (;;) {
      const received = this.#received
      if (received.length >= 4 && received.length >= received.readInt32LE(0)) {
        const bytes = received.subarray(0, received.readInt32LE(0))
        this.#received = received.subarray(bytes.length)
        return parse(bytes)
      }
      if (this.#ended) return undefined
      await once(this.socket, 'news')
    }
  }

  async run(document: Document): Promise<Document> {
    this.send(command(document))
    const answer = await this.answer()
    if (answer === undefined) throw new Error('the connection ended')
    return answer.document
  }

  close(): void {
    this.socket.destroy()
  }
}

function parse(bytes: Buffer): Answer {
  const opCode = bytes.readInt32LE(12)
  const plain = opCode === OP_COMPRESSED ? decompress(bytes, compressorIn(bytes)) : bytes
  const at = plain.readInt32LE(12) === OP_MSG ? 21 : 36
  return {
    opCode,
    requestId: bytes.readInt32LE(4),
    responseTo: bytes.readInt32LE(8),
    flags: plain.readInt32LE(16),
    bytes,
    document: deserialize(plain.subarray(at, at + plain.readInt32LE(at))),
  }
}
