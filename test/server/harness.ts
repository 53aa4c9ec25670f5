import { Binary, Long } from 'bson'
import type { Document } from '../../src/bson/index.ts'
import { Engine, type ParameterOptions } from '../../src/engine/index.ts'
import { CommandServer, type ServerOptions, type ServerTransport } from '../../src/server/index.ts'
import { AutoClock, type Clock, ManualClock, Random, Trace } from '../../src/sim/index.ts'

/** A server on a clock that starts at zero, and a connection to it. */
export interface Bench {
  readonly clock: Clock
  readonly engine: Engine
  readonly server: CommandServer
  readonly trace: Trace
  /** Runs a command against `test`, or whatever `$db` it names. */
  run(command: Document): Promise<Document>
  transport(): ServerTransport
  stop(): void
}

export function makeBench(
  options: ServerOptions & {
    readonly parameters?: ParameterOptions
    readonly seed?: number
    /** Time stands still until the test moves it. */
    readonly manual?: boolean
  } = {},
): Bench {
  const clock = options.manual === true ? new ManualClock(0, () => {}) : new AutoClock(0)
  const trace = new Trace()
  const { parameters, seed = 1 } = options
  const engine = new Engine({ clock, random: new Random(seed), parameters, trace })
  const server = new CommandServer(engine, options)
  const own = server.transport()
  return {
    clock,
    engine,
    server,
    trace,
    run: async (command) =>
      own.send({ ...command, $db: '$db' in command ? command['$db'] : 'test' }),
    transport: () => server.transport(),
    stop: () => engine.services.scheduler.stop(),
  }
}

/** The session with this number. */
export function lsid(number: number): Document {
  const bytes = new Uint8Array(16)
  bytes[15] = number
  return { id: new Binary(bytes, 4) }
}

/** How messages print `lsid(number)`: its UUID, the digest of nobody, and two empty places. */
export function lsidText(number: number): string {
  const last = number.toString(16).padStart(12, '0')
  return `00000000-0000-0000-0000-${last} - 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= -  - `
}

/** The first statement of a transaction. */
export function starting(number: number, txnNumber: number, command: Document): Document {
  return { ...continuing(number, txnNumber, command), startTransaction: true }
}

/** A later statement of a transaction. */
export function continuing(number: number, txnNumber: number, command: Document): Document {
  const fields = { lsid: lsid(number), txnNumber: Long.fromNumber(txnNumber), autocommit: false }
  return { ...command, ...fields }
}

/** A retryable write. */
export function retryable(number: number, txnNumber: number, command: Document): Document {
  return { ...command, lsid: lsid(number), txnNumber: Long.fromNumber(txnNumber) }
}

export const commit = (number: number, txnNumber: number): Document => ({
  ...continuing(number, txnNumber, { commitTransaction: 1 }),
  $db: 'admin',
})

export const abort = (number: number, txnNumber: number): Document => ({
  ...continuing(number, txnNumber, { abortTransaction: 1 }),
  $db: 'admin',
})

export const insertOne = (document: Document, coll = 'demo'): Document => ({
  insert: coll,
  documents: [document],
})

export const increment = (id: unknown, by: number, coll = 'demo'): Document => ({
  update: coll,
  updates: [{ q: { _id: id }, u: { $inc: { value: by } } }],
})

export const remove = (id: unknown, coll = 'demo'): Document => ({
  delete: coll,
  deletes: [{ q: { _id: id }, limit: 1 }],
})

export const findAll = (coll = 'demo'): Document => ({ find: coll, filter: {} })

export function documentsOf(reply: Document): Document[] {
  const cursor = reply['cursor'] as Document
  return (cursor['firstBatch'] ?? cursor['nextBatch']) as Document[]
}
