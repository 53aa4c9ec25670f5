import type { Socket } from 'node:net'
import type { Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { type Clock, StoppedError } from '../../sim/index.ts'
import type { Connection } from '../connection.ts'
import { ConnectionClosedError } from '../faults/fail_command.ts'
import { ConnectionResetError } from '../faults/strike.ts'
import type { CommandServer } from '../server.ts'
import { isLocalClient } from './address.ts'
import { COMPRESSOR_NAMES } from './compressors.ts'
import { cursorOf, followingRequest } from './exhaust.ts'
import { MessageFramer } from './message_framer.ts'
import { nodeCryptography } from './node_cryptography.ts'
import { ProtocolError } from './protocol.ts'
import type { ReplyWriter } from './reply_writer.ts'
import { type Request, readRequest, wantsReply } from './request.ts'

export interface WireConnectionParts {
  readonly socket: Socket
  readonly server: CommandServer
  readonly clock: Clock
  /** `host:port`, or the path of a Unix socket, as this client reaches us. */
  readonly host: string
  /** Real milliseconds of silence before virtual time may jump; see `Clock.admitOutsider`. */
  readonly idleMs: number
  /** Whether clients have to log in. */
  readonly isLoginRequired: boolean
  /** Makes messages of replies; one serves all connections. */
  readonly writer: ReplyWriter
  /** Takes a line about a connection that ended as it should not. */
  readonly log: (line: string) => void
}

/** Of a peer that is gone without a word TCP asks this often. Source: socket_utils.h (8.0). */
const KEEP_ALIVE_MS = 300_000

/** So much may wait behind a command that is not answered yet; then reading stops. */
const WAITING_BYTES_MAX = 1024 * 1024

const LINE_CHARS_MAX = 500
const UNAUTHORIZED = 13

/** Commands by which drivers watch a server: they say nothing of what an application is about. */
const MONITORING: ReadonlySet<string> = new Set(['hello', 'isMaster', 'ismaster'])

const UNIX_CLIENT = 'anonymous unix socket'

/**
 * One socket: messages in, replies out, one command at a time and in order, as the server has it.
 *
 * Whatever a client sends ends at most its own connection. Reading goes on while a command waits,
 * so that a client's going away is noticed; a client that does not read its replies is not read
 * from either.
 */
export class WireConnection {
  readonly #parts: WireConnectionParts
  readonly #framer = new MessageFramer()
  readonly #connection: Connection
  readonly #leave: () => void
  #lastRequestId = 0
  /** A command is under way, or its reply is not yet taken. */
  #busy = false
  /** Asked for by nobody, but due next: see `exhaust.ts`. */
  #following: Request | undefined
  #ended = false

  constructor(parts: WireConnectionParts) {
    this.#parts = parts
    const { socket, server, clock, host, idleMs, isLoginRequired, log } = parts
    const { remoteAddress: client = UNIX_CLIENT } = socket
    const isLocal = isLocalClient(socket)
    this.#connection = server.connect({
      client,
      gossip: true,
      host,
      compressors: COMPRESSOR_NAMES,
      login: { cryptography: nodeCryptography, isRequired: isLoginRequired, isLocal, log },
    })
    this.#leave = clock.admitOutsider(idleMs)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    // A reset is how many clients say goodbye; 'close' follows.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#left())
  }

  /** Ends it now, whatever is under way. */
  destroy(): void {
    this.#parts.socket.destroy()
    this.#end()
  }

  /** The socket is closed, by whomever. */
  #left(): void {
    const { pendingBytes } = this.#framer
    const wasWaiting = !this.#ended && !this.#busy
    if (wasWaiting && pendingBytes > 0)
      this.#log(`ended: it sent ${pendingBytes} bytes of a message and left`)
    this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#leave()
    this.#abandon()
    this.#framer.clear()
    this.#parts.server.disconnect(this.#connection)
  }

  #receive(chunk: Buffer): void {
    this.#framer.push(chunk)
    this.#serve()
    if (this.#busy && this.#framer.pendingBytes > WAITING_BYTES_MAX) this.#parts.socket.pause()
  }

  /** Serves whole messages until one of them has to wait. */
  #serve(): void {
    try {
      while (!this.#busy && !this.#ended) {
        const request = this.#nextRequest()
        if (request === undefined) return
        this.#answer(request)
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  #nextRequest(): Request | undefined {
    const following = this.#following
    if (following !== undefined) {
      this.#following = undefined
      return following
    }
    const message = this.#framer.next()
    return message === undefined ? undefined : readRequest(message)
  }

  #answer(request: Request): void {
    const { server, clock } = this.#parts
    const { command } = request
    if (command instanceof ServerError) {
      this.#reply(request, server.refuse(command, this.#connection))
      return
    }
    const counts = !isMonitoring(command)
    if (counts) clock.noteOutside()
    let reply: Document | Promise<Document>
    try {
      reply = server.send(command, this.#connection)
    } catch (error) {
      this.#lose(request, error)
      return
    }
    if (!(reply instanceof Promise)) {
      this.#reply(request, reply)
      return
    }
    this.#busy = true
    reply.then(
      (settled) => {
        if (counts) clock.noteOutside()
        this.#busy = false
        this.#replyLater(request, settled)
      },
      (error) => this.#lose(request, error),
    )
  }

  /** No reply comes; of one that a fault cuts off, the first half does. */
  #lose(request: Request, error: unknown): void {
    if (!(error instanceof ConnectionResetError) || this.#ended || !wantsReply(request)) {
      this.#fail(error)
      return
    }
    const { socket } = this.#parts
    const message = this.#messageOf(request, error.reply)
    this.#busy = true
    socket.write(message.subarray(0, message.length >> 1), () => {
      if (this.#connection.client === UNIX_CLIENT) socket.destroy()
      else socket.resetAndDestroy()
    })
  }

  #replyLater(request: Request, reply: Document): void {
    try {
      this.#reply(request, reply)
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#goOn()
  }

  #reply(request: Request, reply: Document): void {
    if (this.#ended) return
    if (!wantsReply(request)) {
      this.#noteUnseen(request, reply)
      return
    }
    const { socket } = this.#parts
    // A reply of any size is gone at once where the system had room for it.
    const isTaken = socket.write(this.#messageOf(request, reply)) || socket.writableLength === 0
    if (isTaken && this.#following === undefined) return
    this.#busy = true
    const goOn = (): void => {
      this.#busy = false
      this.#goOn()
    }
    // Others have their turn between the replies of a stream.
    if (isTaken) this.#parts.clock.afterTurn(goOn)
    else socket.once('drain', goOn)
  }

  #messageOf(request: Request, reply: Document): Buffer {
    const { writer, server } = this.#parts
    const requestId = ++this.#lastRequestId | 0
    const following = followingRequest(request, reply, requestId)
    try {
      const ids = { requestId, moreToCome: following !== undefined }
      const message = writer.message(reply, request, ids)
      this.#following = following
      return message
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      const refusal = server.refuse(error, this.#connection)
      return writer.message(refusal, request, { requestId, moreToCome: false })
    }
  }

  /** Whoever wants no reply never learns what went wrong; somebody should. */
  #noteUnseen({ command }: Request, reply: Document): void {
    const what = failureIn(reply)
    if (what === undefined) return
    const name = command instanceof ServerError ? 'a command' : nameOf(command)
    // A goodbye. The driver of Node.js says it with a write concern, which the server refuses too.
    if (name === 'endSessions') return
    this.#log(oneLine(`ran ${name} without a reply, and it failed: ${what}`))
  }

  #goOn(): void {
    if (this.#busy || this.#ended) return
    this.#serve()
    const { socket } = this.#parts
    if (!this.#busy && socket.isPaused()) socket.resume()
  }

  /** Nobody is left to read what a cursor streams. */
  #abandon(): void {
    const id = this.#following === undefined ? undefined : cursorOf(this.#following)
    if (id !== undefined) this.#parts.server.engine.cursors.kill(id)
  }

  /** Nothing that goes wrong in one connection is another's business. */
  #fail(error: unknown): void {
    if (!this.#ended && !isExpected(error)) this.#log(`ended: ${reasonOf(error)}`)
    this.destroy()
  }

  #log(event: string): void {
    const { id, client } = this.#connection
    this.#parts.log(`connection ${id} from ${client} ${event}`)
  }
}

function failureIn(reply: Document): string | undefined {
  // Before it has logged in, a client may do nothing: that is no news.
  if (reply['code'] === UNAUTHORIZED) return undefined
  if (reply['ok'] !== 1) return `${reply['errmsg']}`
  const { writeErrors } = reply
  if (!Array.isArray(writeErrors)) return undefined
  return `${(writeErrors[0] as Document)['errmsg']}`
}

/** What a client had a hand in: it must not look like several lines of the log, nor fill it. */
function oneLine(text: string): string {
  return text.slice(0, LINE_CHARS_MAX).replace(/\p{Cc}/gu, '?')
}

function isMonitoring(command: Document): boolean {
  return MONITORING.has(nameOf(command))
}

function nameOf(command: Document): string {
  for (const name in command) return name
  return ''
}

/** A fault that a test asked for, and the end of the simulator, need no log line. */
function isExpected(error: unknown): boolean {
  return error instanceof ConnectionClosedError || error instanceof StoppedError
}

/** A client's mistake in a sentence; a mistake of ours with all that is known of it. */
function reasonOf(error: unknown): string {
  if (error instanceof ProtocolError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
