/**
 * Just enough of a server for the official driver to connect to and send its commands, so that a
 * test can see what it sends, and what it makes of a reply. It follows a script, as
 * `ScriptedTransport` does.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { type Document, deserialize, serialize } from 'bson'
import { MongoClient, type MongoClientOptions } from 'mongodb'

const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013
const MORE_TO_COME = 2

export class DriverStub {
  /** As they came over the wire, without the driver's own traffic. */
  readonly commands: Document[] = []
  #replies: Document[] = []
  readonly #server: Server
  readonly #sockets: Set<Socket> = new Set()
  #port = 0

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket))
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as { port: number }).port
  }

  /** Connects a driver. */
  async connect(options: MongoClientOptions = {}): Promise<MongoClient> {
    const client = new MongoClient(`mongodb://127.0.0.1:${this.#port}/?replicaSet=rs0`, {
      ...options,
    })
    return await client.connect()
  }

  /** Forgets what it saw, and follows these replies from now on. */
  script(replies: readonly Document[]): void {
    this.commands.length = 0
    this.#replies = [...replies]
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
    let received = Buffer.alloc(0)
    socket.on('data', (data) => {
      received = Buffer.concat([received, data])
      while (received.length >= 16 && received.length >= received.readInt32LE(0)) {
        const length = received.readInt32LE(0)
        this.#answer(socket, received.subarray(0, length))
        received = received.subarray(length)
      }
    })
  }

  #answer(socket: Socket, message: Buffer): void {
    const requestId = message.readInt32LE(4)
    if (message.readInt32LE(12) === OP_QUERY) {
      socket.write(replyMessage(requestId, this.#hello()))
      return
    }
    const flags = message.readUInt32LE(16)
    const command = readSections(message)
    const [name] = Object.keys(command)
    let reply: Document
    if (name === 'hello' || name === 'ismaster') reply = this.#hello()
    else if (name === 'ping' || name === 'endSessions') reply = { ok: 1 }
    else {
      this.commands.push(command)
      if (flags & MORE_TO_COME) return
      reply = this.#replies.shift() ?? { ok: 0, code: 1, errmsg: `no reply to ${name}` }
    }
    if (!(flags & MORE_TO_COME)) socket.write(msgMessage(requestId, reply))
  }

  #hello(): Document {
    const me = `127.0.0.1:${this.#port}`
    return {
      isWritablePrimary: true,
      ismaster: true,
      helloOk: true,
      setName: 'rs0',
      hosts: [me],
      me,
      primary: me,
      minWireVersion: 0,
      maxWireVersion: 25,
      maxBsonObjectSize: 16_777_216,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      logicalSessionTimeoutMinutes: 30,
      ok: 1,
    }
  }
}

function readSections(message: Buffer): Document {
  const command: Document = {}
  const sequences: Document = {}
  for (let at = 20; at < message.length; ) {
    const kind = message[at++]
    const size = message.readInt32LE(at)
    if (kind === 0) {
      const body = message.subarray(at, at + size)
      Object.assign(command, deserialize(body, { promoteValues: false }))
    } else {
      const end = message.indexOf(0, at + 4)
      const documents: Document[] = []
      for (let inside = end + 1; inside < at + size; ) {
        const length = message.readInt32LE(inside)
        const document = message.subarray(inside, inside + length)
        documents.push(deserialize(document, { promoteValues: false }))
        inside += length
      }
      sequences[message.toString('utf8', at + 4, end)] = documents
    }
    at += size
  }
  return { ...command, ...sequences }
}

function header(length: number, responseTo: number, opCode: number): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeInt32LE(length, 0)
  bytes.writeInt32LE(responseTo, 8)
  bytes.writeInt32LE(opCode, 12)
  return bytes
}

function msgMessage(responseTo: number, reply: Document): Buffer {
  const body = Buffer.concat([Buffer.alloc(5), serialize(reply)])
  return Buffer.concat([header(16 + body.length, responseTo, OP_MSG), body])
}

function replyMessage(responseTo: number, reply: Document): Buffer {
  const body = Buffer.concat([Buffer.alloc(20), serialize(reply)])
  body.writeInt32LE(1, 16)
  return Buffer.concat([header(16 + body.length, responseTo, OP_REPLY), body])
}
