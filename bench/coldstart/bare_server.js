/**
 * The least that a driver takes for a server: a socket that answers hello and says ok to all else.
 * Nothing is stored, nothing is checked; what remains is Node's own cost, and the driver's.
 */
import { createServer } from 'node:net'
import { deserialize, serialize } from 'bson'

const HEADER_BYTES = 16
const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013

const HELLO = {
  helloOk: true,
  isWritablePrimary: true,
  ismaster: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30,
  minWireVersion: 0,
  maxWireVersion: 25,
  readOnly: false,
  ok: 1,
}

/** @returns {Promise<{ uri: string, close: () => Promise<void> }>} */
export function listenBare() {
  const sockets = new Set()
  const server = createServer((socket) => {
    sockets.add(socket)
    let rest = Buffer.alloc(0)
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
        const length = rest.readInt32LE(0)
        socket.write(answer(rest.subarray(0, length)))
        rest = rest.subarray(length)
      }
    })
  })
  const close = () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ uri: `mongodb://127.0.0.1:${server.address().port}/`, close })
    })
  })
}

function answer(message) {
  const requestId = message.readInt32LE(4)
  if (message.readInt32LE(12) === OP_QUERY) {
    // Flags, cursor, starting point; one document.
    const head = Buffer.alloc(20)
    head.writeInt32LE(1, 16)
    return framed(OP_REPLY, requestId, [head, serialize(HELLO)])
  }
  const [name] = Object.keys(deserialize(message.subarray(HEADER_BYTES + 5)))
  const reply = name === 'hello' ? HELLO : { n: 1, ok: 1 }
  return framed(OP_MSG, requestId, [Buffer.alloc(5), serialize(reply)])
}

function framed(opCode, responseTo, parts) {
  const header = Buffer.alloc(HEADER_BYTES)
  const body = Buffer.concat([header, ...parts])
  body.writeInt32LE(body.length, 0)
  body.writeInt32LE(responseTo, 8)
  body.writeInt32LE(opCode, 12)
  return body
}
