/**
 * The in-process client in the place of the driver: the same tests, without a wire. Its transport says
 * nothing of being reliable, so that writes carry their transaction numbers, and tells each command
 * and reply as an event, as the driver's command monitoring does.
 */
import { EventEmitter } from 'node:events'
import * as driver from 'mongodb'
import {
  type ClientOptions,
  createClient,
  type SendOptions,
  type Transport,
} from '../../src/client/index.ts'
import type { Palimpsest } from '../../src/palimpsest.ts'
import { LeftOut } from './outcome.ts'

type Document = driver.Document

/** Options of a connection string that the in-process client has, by the name it has for them. */
const KNOWN: ReadonlySet<string> = new Set<keyof ClientOptions>([
  ...(['retryWrites', 'retryReads', 'maxAdaptiveRetries', 'timeoutMS'] as const),
  ...(['serverSelectionTimeoutMS', 'readPreference'] as const),
])
const OF_WRITE_CONCERN: ReadonlySet<string> = new Set(['w', 'journal', 'wtimeoutMS'])
/** There is nothing to watch in process. */
const OF_MONITORING: ReadonlySet<string> = new Set(['heartbeatFrequencyMS'])

const OBSERVED: ReadonlySet<string> = new Set([
  'commandStartedEvent',
  'commandSucceededEvent',
  'commandFailedEvent',
])

/** @throws LeftOut for what the in-process client does not have */
export function openInProcess(sim: Palimpsest, description: Document): driver.MongoClient {
  const { uriOptions = {}, observeEvents = [], observeLogMessages, serverApi } = description
  if (observeLogMessages !== undefined) throw new LeftOut('needs a log')
  if (serverApi !== undefined) throw new LeftOut('needs the stable API')
  for (const name of observeEvents as string[]) {
    if (!OBSERVED.has(name)) throw new LeftOut(`needs the event ${name}`)
  }
  const emitter = new EventEmitter()
  const options = clientOptions(uriOptions)
  const transport = observed(sim.server.transport({ gossipsInSessions: true }), emitter)
  const client = createClient({ transport, clock: sim.clock, random: sim.random, options })
  for (const name of ['on', 'off', 'emit', 'setMaxListeners'] as const) {
    Object.assign(client, { [name]: emitter[name].bind(emitter) })
  }
  return client as unknown as driver.MongoClient
}

function clientOptions(uriOptions: Document): ClientOptions {
  const options: ClientOptions = { errors: driver }
  for (const [name, value] of Object.entries(uriOptions)) {
    if (KNOWN.has(name)) Object.assign(options, { [name]: value })
    else if (name === 'readConcernLevel') options.readConcern = { level: value }
    else if (OF_WRITE_CONCERN.has(name)) {
      options.writeConcern = { ...options.writeConcern, [name]: value }
    } else if (!OF_MONITORING.has(name)) throw new LeftOut(`needs the option ${name}`)
  }
  return options
}

/** Its clients ask for a primary by themselves, which is no event. */
function observed(inner: Transport, emitter: EventEmitter): Transport {
  let requestId = 0
  return {
    isStandalone: inner.isStandalone === true,
    send(command: Document, sending?: SendOptions): Document | Promise<Document> {
      const [commandName] = Object.keys(command)
      if (commandName === 'hello') return inner.send(command, sending) as Document
      const about = { commandName, databaseName: command['$db'], requestId: ++requestId }
      emitter.emit('commandStarted', { ...about, command: { ...command } })
      const answered = (reply: Document): Document => {
        if (reply['ok'] !== 0) emitter.emit('commandSucceeded', { ...about, reply })
        else
          emitter.emit('commandFailed', { ...about, failure: new driver.MongoServerError(reply) })
        return reply
      }
      const lost = (error: Error): never => {
        const failure = new driver.MongoNetworkError(error.message)
        emitter.emit('commandFailed', { ...about, failure })
        throw error
      }
      let reply: Document | Promise<Document>
      try {
        reply = inner.send(command, sending) as Document | Promise<Document>
      } catch (error) {
        return lost(error as Error)
      }
      return reply instanceof Promise ? reply.then(answered, lost) : answered(reply)
    },
  }
}
