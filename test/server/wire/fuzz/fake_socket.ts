/** The end of a connection that `WireConnection` holds, with the other end in the same hands. */
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { type Document, deserialize } from 'bson'
import { MessageFramer } from '../../../../src/server/wire/message_framer.ts'
import { compressorIn, decompress } from '../../../../src/server/wire/op_compressed.ts'
import { OP_COMPRESSED, OP_MSG, OP_REPLY } from '../raw_client.ts'

export class FakeSocket extends EventEmitter {
  readonly remoteAddress = '127.0.0.1'
  readonly writableLength = 0
  destroyed = false
  replies = 0
  /** The document of the last reply. */
  last: Document | undefined
  readonly #framer = new MessageFramer()
  #paused = false

  asSocket(): Socket {
    return this as unknown as Socket
  }

  /** What the client sends. */
  arrive(chunk: Buffer): void {
    if (!this.destroyed && chunk.length > 0) this.emit('data', chunk)
  }

  /** @throws where it is no reply that a client could read */
  write(bytes: Buffer): boolean {
    this.#framer.push(bytes)
    for (let next = this.#framer.next(); next !== undefined; next = this.#framer.next()) {
      this.last = documentIn(next)
      this.replies++
    }
    if (this.#framer.pendingBytes > 0) throw new Error('a reply is no whole message')
    return true
  }

  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.emit('close')
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
  }

  isPaused(): boolean {
    return this.#paused
  }

  setNoDelay(): void {}

  setKeepAlive(): void {}
}

function documentIn(message: Buffer): Document {
  const isCompressed = message.readInt32LE(12) === OP_COMPRESSED
  const plain = isCompressed ? decompress(message, compressorIn(message)) : message
  const opCode = plain.readInt32LE(12)
  if (opCode !== OP_MSG && opCode !== OP_REPLY) throw new Error(`a reply of kind ${opCode}`)
  const at = opCode === OP_MSG ? 21 : 36
  const document = deserialize(plain.subarray(at, at + plain.readInt32LE(at)))
  if (document['ok'] !== 1 && document['ok'] !== 0) throw new Error('a reply without ok')
  return document
}
