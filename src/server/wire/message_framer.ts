import { HEADER_BYTES, MESSAGE_BYTES_MAX, ProtocolError } from './protocol.ts'

const LENGTH_BYTES = 4

/**
 * Cuts a stream of bytes into messages. Chunks are put together only where a message crosses their
 * border, and only once all of it is there, so that a client which sends a byte at a time costs a
 * look at four bytes each time.
 */
export class MessageFramer {
  #chunks: Buffer[] = []
  #bytes = 0

  /** What came in and has not been taken out. */
  get pendingBytes(): number {
    return this.#bytes
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
  }

  /**
   * The next whole message with its header, if it has arrived.
   *
   * @throws ProtocolError as soon as its length is known to make no sense
   */
  next(): Buffer | undefined {
    if (this.#bytes < LENGTH_BYTES) return undefined
    const length = this.#nextLength()
    if (this.#bytes < length) return undefined
    if (this.#chunks[0]!.length < length) this.#join()
    const first = this.#chunks[0]!
    this.#bytes -= length
    if (first.length === length) {
      this.#chunks.shift()
      return first
    }
    this.#chunks[0] = first.subarray(length)
    return first.subarray(0, length)
  }

  #nextLength(): number {
    if (this.#chunks[0]!.length < LENGTH_BYTES) this.#join()
    const length = this.#chunks[0]!.readInt32LE(0)
    if (length < HEADER_BYTES) {
      throw new ProtocolError(`a message claims to have ${length} bytes; its header alone has 16`)
    }
    if (length > MESSAGE_BYTES_MAX) {
      throw new ProtocolError(
        `a message claims to have ${length} bytes; at most ${MESSAGE_BYTES_MAX} are allowed`,
      )
    }
    return length
  }

  #join(): void {
    this.#chunks = [Buffer.concat(this.#chunks, this.#bytes)]
  }
}
