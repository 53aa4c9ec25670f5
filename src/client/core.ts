/** What all handles of one client share. Internal: an application sees `PalimpsestClient`. */
import type { ObjectId } from 'bson'
import { mintObjectId, mintUuid } from '../bson/index.ts'
import type { Clock, Random } from '../sim/index.ts'
import type { ErrorClasses, MongoErrorShape } from './errors.ts'
import { ServerSessionPool } from './session/server_session.ts'
import type { Settings } from './settings.ts'
import type { SendOptions, Transport } from './transport.ts'

/** Something that holds a resource of the server's until it is closed. */
export interface Closable {
  close(): Promise<void>
}

export interface CoreInit {
  readonly transport: Transport
  readonly clock: Pick<Clock, 'nowUs' | 'sleep'>
  readonly random: Pick<Random, 'next' | 'bytes'>
  readonly errors: ErrorClasses
  readonly settings: Settings
  readonly forceServerObjectId: boolean
  readonly pkFactory: PkFactory | undefined
  readonly connectionId: number | undefined
  readonly retries: RetrySettings
  /** Callers drive operations, and do not retry; see `driven/`. */
  readonly isDriven: boolean
}

/** What the client may repeat, and for how long. */
export interface RetrySettings {
  readonly retryWrites: boolean
  readonly retryReads: boolean
  /** Further attempts after an overloaded server refused one. */
  readonly maxAdaptiveRetries: number
  readonly serverSelectionTimeoutMS: number
}

/** Makes the `_id` of documents that are inserted without one. */
export interface PkFactory {
  createPk(): unknown
}

export class ClientCore {
  readonly transport: Transport
  readonly clock: Pick<Clock, 'nowUs' | 'sleep'>
  readonly random: Pick<Random, 'next' | 'bytes'>
  readonly errors: ErrorClasses
  readonly settings: Settings
  readonly forceServerObjectId: boolean
  readonly retryWrites: boolean
  readonly retryReads: boolean
  readonly maxAdaptiveRetries: number
  readonly serverSelectionTimeoutMS: number
  readonly isDriven: boolean
  /** The client retries writes, and the server knows transaction numbers. */
  readonly writesAreRetried: boolean
  readonly serverSessions: ServerSessionPool
  /** Cursors that are open on the server. */
  readonly cursors: Set<Closable> = new Set()
  /** What goes with every command that has no signal. */
  readonly sendOptions: SendOptions | undefined
  /** Between `close` and a later `connect`, operations are refused. */
  closed = false
  /** False once an error has told that the server may have ceased to be a primary. */
  primaryIsKnown = true

  readonly #connectionName: string
  readonly #pkFactory: PkFactory | undefined
  readonly #processBytes: Uint8Array
  #counter: number

  constructor(init: CoreInit) {
    this.transport = init.transport
    this.clock = init.clock
    this.random = init.random
    this.errors = init.errors
    this.settings = init.settings
    this.forceServerObjectId = init.forceServerObjectId
    this.retryWrites = init.retries.retryWrites
    this.retryReads = init.retries.retryReads
    this.maxAdaptiveRetries = init.retries.maxAdaptiveRetries
    this.serverSelectionTimeoutMS = init.retries.serverSelectionTimeoutMS
    this.isDriven = init.isDriven
    this.writesAreRetried = this.retryWrites && init.transport.isStandalone !== true
    this.#connectionName = `connection ${init.connectionId ?? 1}`
    this.sendOptions =
      init.connectionId === undefined ? undefined : { connectionId: init.connectionId }
    this.#pkFactory = init.pkFactory
    this.#processBytes = init.random.bytes(5)
    this.#counter = Math.floor(init.random.next() * 0x100_0000)
    this.serverSessions = new ServerSessionPool(
      () => mintUuid(init.random.bytes(16)),
      () => this.nowMs(),
    )
  }

  nowMs(): number {
    return this.clock.nowUs() / 1000
  }

  /** Whether a primary has to be found before anything is sent. */
  get lacksPrimary(): boolean {
    if (this.primaryIsKnown || this.isDriven) return false
    this.primaryIsKnown = this.transport.isReliable === true
    return !this.primaryIsKnown
  }

  /** What the caller sees of a connection that was lost. */
  networkError(cause: unknown): MongoErrorShape {
    const message = `${this.#connectionName} to the server closed`
    return new this.errors.MongoNetworkError(message, { cause })
  }

  mintId(): unknown {
    return this.#pkFactory === undefined ? this.mintObjectId() : this.#pkFactory.createPk()
  }

  mintObjectId(): ObjectId {
    this.#counter = (this.#counter + 1) & 0xff_ffff
    const epochSeconds = Math.floor(this.clock.nowUs() / 1_000_000)
    return mintObjectId(epochSeconds, this.#processBytes, this.#counter)
  }
}
