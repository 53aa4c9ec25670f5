import { HEADER_BYTES, MESSAGE_BYTES_MAX, ProtocolError } from './protocol.ts'

const LENGTH_BYTES = 4
const NOTHING: Buffer = Buffer.alloc(0)

/** The least room that is made for a message which comes in pieces. */
const ROOM_BYTES_MIN = 4 * 1024

/**
 * Cuts a stream of bytes into messages.
 *
 * A chunk that ends where a message ends is never copied. What is left of one waits in a buffer of
 * our own, which doubles as it fills: so a client that sends a byte at a time costs a few bytes and
 * a look at four of them each time, and one that claims to send 48 MB and does not costs nothing.
 * What was handed out is never written to again.
 */
export class MessageFramer {
  #bytes = NOTHING
  #start = 0
  #end = 0
  /** Whether the buffer is of our own making, so that there may be room behind its end. */
  #isOurs = false

  /** What came in and has not been taken out. */
  get pendingBytes(): number {
    return this.#end - this.#start
  }

  push(chunk: Buffer): void {
    if (this.#start === this.#end) {
      this.#bytes = chunk
      this.#start = 0
      this.#end = chunk.length
      this.#isOurs = false
      return
    }
    if (!this.#isOurs || this.#bytes.length - this.#end < chunk.length) this.#makeRoom(chunk.length)
    this.#bytes.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /**
   * The next whole message with its header, if it has arrived.
   *
   * @throws ProtocolError as soon as its length is known to make no sense
   */
  next(): Buffer | undefined {
    const pendingBytes = this.#end - this.#start
    if (pendingBytes < LENGTH_BYTES) return undefined
    const length = this.#bytes.readInt32LE(this.#start)
    if (length < HEADER_BYTES || length > MESSAGE_BYTES_MAX) throw impossible(length)
    if (pendingBytes < length) return undefined
    const from = this.#start
    this.#start = from + length
    const message = this.#bytes.subarray(from, this.#start)
    if (this.#start === this.#end) this.clear()
    return message
  }

  /** Forgets what is pending. */
  clear(): void {
    this.#bytes = NOTHING
    this.#start = 0
    this.#end = 0
  }

  #makeRoom(moreBytes: number): void {
    const pendingBytes = this.#end - this.#start
    const room = Buffer.allocUnsafeSlow(Math.max(ROOM_BYTES_MIN, 2 * (pendingBytes + moreBytes)))
    room.set(this.#bytes.subarray(this.#start, this.#end))
    this.#bytes = room
    this.#start = 0
    this.#end = pendingBytes
    this.#isOurs = true
  }
}

function impossible(length: number): ProtocolError {
  return new ProtocolError(
    length < HEADER_BYTES
      ? `a message claims to have ${length} bytes; its header alone has 16`
      : `a message claims to have ${length} bytes; at most ${MESSAGE_BYTES_MAX} are allowed`,
  )
}
