/** What all handles of one client share. Internal: an application sees `PalimpsestClient`. */
import type { ObjectId } from 'bson'
import { mintObjectId, mintUuid } from '../bson/index.ts'
import type { Clock, Random } from '../sim/index.ts'
import type { ErrorClasses } from './errors.ts'
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
  readonly serverSessions: ServerSessionPool
  /** Cursors that are open on the server. */
  readonly cursors: Set<Closable> = new Set()
  /** What goes with every command that has no signal. */
  readonly sendOptions: SendOptions | undefined
  /** Between `close` and a later `connect`, operations are refused. */
  closed = false

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

  mintId(): unknown {
    return this.#pkFactory === undefined ? this.mintObjectId() : this.#pkFactory.createPk()
  }

  mintObjectId(): ObjectId {
    this.#counter = (this.#counter + 1) & 0xff_ffff
    const epochSeconds = Math.floor(this.clock.nowUs() / 1_000_000)
    return mintObjectId(epochSeconds, this.#processBytes, this.#counter)
  }
}
