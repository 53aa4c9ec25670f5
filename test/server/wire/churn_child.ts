/**
 * A server in a process of its own, and very many clients. Prints what was left of them as JSON, and
 * ends by itself: nothing in here ends the process.
 *
 * Arguments: connections in all, connections at once.
 */
import { connect, type Socket } from 'node:net'
import { Binary, type Document, serialize } from 'bson'
import { Palimpsest } from '../../../src/index.ts'
import { heapInUse } from './heap.ts'

const [total = 0, atOnce = 0] = process.argv.slice(2).map(Number)

const sim = await Palimpsest.create({ seed: 1, time: 'manual' })
const { hostname: host, port } = new URL(await sim.listen({ idleMs: 1 }))
const { server } = sim

export interface Figures {
  readonly heapBeforeBytes: number
  readonly heapAfterBytes: number
  readonly peakConnections: number
  readonly connectionsLeft: number
  readonly sessionsAfter: number
  readonly sessionsLeft: number
  readonly socketsLeft: number
  readonly answered: number
  readonly cpuMs: number
}

let answered = 0
let peakConnections = 0
let clients = 0

function opMsg(document: Document): Buffer {
  const bytes = serialize(document)
  const message = Buffer.alloc(21 + bytes.length)
  message.writeInt32LE(message.length, 0)
  message.writeInt32LE(2013, 12)
  message.set(bytes, 21)
  return message
}

/** Each has a session of its own. Every other one says goodbye to it, the others just leave. */
function messagesOf(client: number): Buffer[] {
  const id = Buffer.alloc(16)
  id.writeInt32LE(client)
  const lsid = { id: new Binary(id, 4) }
  const goodbye = client % 2 === 0 ? [{ endSessions: [lsid], $db: 'admin' }] : []
  const asked = [{ hello: 1, $db: 'admin' }, { find: 'demo', lsid, $db: 'test' }, ...goodbye]
  return asked.map(opMsg)
}

/** Answered once, it stays until the others of its wave are there. */
function arrive(): Promise<Socket> {
  const messages = messagesOf(clients++)
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) })
    socket.on('error', reject)
    socket.on('data', () => {
      const next = messages.shift()
      if (next !== undefined) socket.write(next)
      else {
        answered++
        resolve(socket)
      }
    })
    socket.on('connect', () => socket.write(messages.shift()!))
  })
}

async function wave(count: number): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: count }, arrive))
  peakConnections = Math.max(peakConnections, server.connectionCount)
  const closed = sockets.map((socket) => new Promise((resolve) => socket.on('close', resolve)))
  for (const [index, socket] of sockets.entries()) {
    if (index % 3 === 0) socket.resetAndDestroy()
    else socket.end()
  }
  await Promise.all(closed)
}

async function connectionsGone(): Promise<void> {
  while (server.connectionCount > 0) await new Promise((resolve) => setTimeout(resolve, 5))
}

const sessions = (): number => [...server.sessions.all()].length
const sockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length

async function expire(): Promise<number> {
  await sim.clock.advance(40 * 60_000)
  return (await heapInUse()).usedBytes
}

// What is compiled and cached once is no leak: the first waves are not counted.
for (let round = 0; round < 2; round++) await wave(atOnce)
await connectionsGone()
const heapBeforeBytes = await expire()
const cpu = process.cpuUsage()
answered = 0
for (let done = 0; done < total; done += atOnce) await wave(Math.min(atOnce, total - done))
await connectionsGone()
const { user, system } = process.cpuUsage(cpu)
const sessionsAfter = sessions()
const heapAfterBytes = await expire()
const figures: Figures = {
  heapBeforeBytes,
  heapAfterBytes,
  peakConnections,
  connectionsLeft: server.connectionCount,
  sessionsAfter,
  sessionsLeft: sessions(),
  socketsLeft: sockets(),
  answered,
  cpuMs: (user + system) / 1000,
}
console.log(JSON.stringify(figures))
await sim.stop()
