/**
 * The least that a server of this protocol can do: it cuts the stream, parses each message with the
 * simulator's own reader, and answers with bytes made beforehand, of the size and shape of a real
 * reply, cluster time included. No session, no document, no command is looked at, but for its name.
 */
import { createServer, type Socket } from 'node:net'
import { type Document, Long, ObjectId, serialize, Timestamp } from 'bson'
import { MessageFramer } from '../../dist/server/wire/message_framer.js'
import { readRequest } from '../../dist/server/wire/request.js'
import { COLLECTION, DATABASE, flatDocument, RANGE } from './workload.ts'

const HEADER_BYTES = 16
const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013

/** @returns the port */
export function listenWithNullServer(): Promise<number> {
  return new Promise((resolve) => {
    const net = createServer((socket) => serve(socket, `127.0.0.1:${port}`))
    let port = 0
    net.listen(0, '127.0.0.1', () => {
      const address = net.address()
      if (typeof address === 'object' && address !== null) port = address.port
      resolve(port)
    })
  })
}

function serve(socket: Socket, host: string): void {
  const framer = new MessageFramer()
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    framer.push(chunk as Buffer)
    for (let message = framer.next(); message !== undefined; message = framer.next()) {
      const { command } = readRequest(message)
      const reply = replyTo(command as Document, message.readInt32LE(12) === OP_QUERY, host)
      // A copy, because a socket may hold on to what it was given.
      const bytes = Buffer.from(reply)
      bytes.writeInt32LE(message.readInt32LE(4), 8)
      socket.write(bytes)
    }
  })
}

function replyTo(command: Document, isQuery: boolean, host: string): Buffer {
  for (const name in command) {
    if (name === 'hello' || name === 'isMaster' || name === 'ismaster') return hello(host, isQuery)
    if (name !== 'find') return FIXED[name] ?? OK
    return command['filter']?._id === undefined ? FOUND_RANGE : FOUND_ONE
  }
  return OK
}

function framed(reply: Document, isQuery = false): Buffer {
  const clusterTime = new Timestamp({ t: 1_800_000_000, i: 1 })
  const signature = { hash: Buffer.alloc(20), keyId: Long.ZERO }
  const $clusterTime = { clusterTime, signature }
  const document = serialize({ ...reply, ok: 1, operationTime: clusterTime, $clusterTime })
  const body = isQuery ? 20 : 5
  const message = Buffer.alloc(HEADER_BYTES + body + document.length)
  message.writeInt32LE(message.length, 0)
  message.writeInt32LE(isQuery ? OP_REPLY : OP_MSG, 12)
  if (isQuery) message.writeInt32LE(1, HEADER_BYTES + 16)
  message.set(document, HEADER_BYTES + body)
  return message
}

const found = (count: number): Buffer => {
  const firstBatch = Array.from({ length: count }, (_, i) => flatDocument(i))
  return framed({ cursor: { firstBatch, id: Long.ZERO, ns: `${DATABASE}.${COLLECTION}` } })
}

const OK = framed({})
const FOUND_ONE = found(1)
const FOUND_RANGE = found(RANGE)
const FIXED: Readonly<Record<string, Buffer>> = {
  insert: framed({ n: 1 }),
  update: framed({ n: 1, nModified: 1 }),
}

function hello(host: string, isQuery: boolean): Buffer {
  const reply = {
    helloOk: true,
    hosts: [host],
    setName: 'rs0',
    setVersion: 1,
    ismaster: true,
    isWritablePrimary: true,
    secondary: false,
    primary: host,
    me: host,
    electionId: new ObjectId('7fffffff0000000000000001'),
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: 25,
    readOnly: false,
  }
  return framed(reply, isQuery)
}
