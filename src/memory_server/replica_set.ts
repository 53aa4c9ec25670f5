import { EventEmitter } from 'node:events'
import type { Palimpsest } from '../palimpsest.ts'
import { makeUsers } from './auth.ts'
import { InstanceInfoError, ReplsetCountLowError, StateError } from './errors.ts'
import { initiate } from './initiate.ts'
import {
  CLEANUP_DEFAULT,
  type Cleanup,
  type MongoMemoryReplSetOpts,
  type MongoMemoryServerOpts,
  type ReplicaSetInstanceOptions,
  type ReplSetOpts,
} from './options.ts'
import { MongoMemoryServer } from './server.ts'

export const MongoMemoryReplSetEvents = { stateChange: 'stateChange' } as const

export const MongoMemoryReplSetStates = {
  init: 'init',
  running: 'running',
  stopped: 'stopped',
} as const

export type MongoMemoryReplSetState = keyof typeof MongoMemoryReplSetStates

const NAME_DEFAULT = 'testset'

/**
 * A replica set. However many members are asked for, there is one: the primary, which is a majority
 * by itself. Where more were asked for, it says so once, on the console.
 *
 * Emits `stateChange` with each new state.
 */
export class MongoMemoryReplSet extends EventEmitter implements AsyncDisposable {
  /** The one member, while there is one. */
  servers: MongoMemoryServer[] = []
  #instanceOpts: readonly ReplicaSetInstanceOptions[]
  #binaryOpts: object
  #replSetOpts: ReplSetOpts
  readonly #simulatorOptions: MongoMemoryReplSetOpts['palimpsest']
  #state: MongoMemoryReplSetState = 'stopped'

  constructor(opts: MongoMemoryReplSetOpts = {}) {
    super()
    this.#binaryOpts = { ...opts.binary }
    this.#instanceOpts = opts.instanceOpts ?? []
    this.#replSetOpts = checked({ ...opts.replSet })
    this.#simulatorOptions = opts.palimpsest
  }

  /** A set that runs. */
  static async create(opts?: MongoMemoryReplSetOpts): Promise<MongoMemoryReplSet> {
    const set = new MongoMemoryReplSet(opts)
    await set.start()
    return set
  }

  get state(): MongoMemoryReplSetState {
    return this.#state
  }

  /** May be set while it is stopped. */
  get instanceOpts(): readonly ReplicaSetInstanceOptions[] {
    return this.#instanceOpts
  }

  set instanceOpts(options: readonly ReplicaSetInstanceOptions[]) {
    this.#expect('stopped')
    this.#instanceOpts = options
  }

  /** About a program to download; without effect. */
  get binaryOpts(): object {
    return this.#binaryOpts
  }

  set binaryOpts(options: object) {
    this.#expect('stopped')
    this.#binaryOpts = options
  }

  /** May be set while it is stopped. */
  get replSetOpts(): ReplSetOpts {
    return this.#replSetOpts
  }

  set replSetOpts(options: ReplSetOpts) {
    this.#expect('stopped')
    this.#replSetOpts = checked(options)
  }

  /**
   * The simulator behind the set: its clock, its faults, its saves.
   *
   * @throws StateError where the set does not run
   */
  get simulator(): Palimpsest {
    const [server] = this.servers
    if (server !== undefined) return server.simulator
    throw new StateError(['running'], this.#state)
  }

  /** @throws StateError where it runs already; what `Instance.start` and the server throw */
  async start(): Promise<void> {
    this.#expect('stopped')
    this.#changeState('init')
    try {
      await this.#startServer()
    } catch (error) {
      await this.stop({ doCleanup: false })
      throw error
    }
    this.#changeState('running')
  }

  /**
   * @param cleanup what goes with it; default: the data
   * @returns true
   */
  async stop(cleanup: Cleanup = CLEANUP_DEFAULT): Promise<boolean> {
    for (const server of this.servers) await server.stop({ doCleanup: false })
    this.#changeState('stopped')
    if (cleanup.doCleanup !== false) await this.cleanup(cleanup)
    return true
  }

  /**
   * Forgets the data of a set that was stopped.
   *
   * @throws StateError where it runs
   */
  async cleanup(cleanup: Cleanup = CLEANUP_DEFAULT): Promise<void> {
    this.#expect('stopped')
    if (cleanup.doCleanup === false) return
    for (const server of this.servers) await server.cleanup(cleanup)
    this.servers = []
  }

  /** @throws StateError where it was never started */
  async waitUntilRunning(): Promise<void> {
    if (this.#state === 'running') return
    this.#expect('init')
    await new Promise<void>((resolve) => {
      const listener = (state: MongoMemoryReplSetState): void => {
        if (state !== 'running') return
        this.off(MongoMemoryReplSetEvents.stateChange, listener)
        resolve()
      }
      this.on(MongoMemoryReplSetEvents.stateChange, listener)
    })
  }

  /**
   * @param otherDb the database that it names
   * @param otherIp in place of 127.0.0.1; drivers go on with the address of the configuration
   * @throws StateError where it does not run
   */
  getUri(otherDb = '', otherIp = '127.0.0.1'): string {
    if (this.#state === 'stopped') throw new StateError(['running', 'init'], this.#state)
    const port = this.servers[0]?.instanceInfo?.port
    if (port === undefined) throw new InstanceInfoError('MongoMemoryReplSet.getUri')
    const name = encodeURIComponent(this.#setName)
    return `mongodb://${otherIp}:${port}/${otherDb}?replicaSet=${name}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { enabled = true, cleanup } = this.#replSetOpts.dispose ?? {}
    if (enabled) await this.stop(cleanup)
  }

  get #setName(): string {
    return this.#replSetOpts.name ?? NAME_DEFAULT
  }

  async #startServer(): Promise<void> {
    this.#warnOfOthers()
    const [known] = this.servers
    const server = known ?? new MongoMemoryServer(this.#serverOpts())
    this.servers = [server]
    // The configuration names the port: a set that goes on needs the same one.
    await server.start(known === undefined ? undefined : true)
    const { port } = server.instanceInfo!
    const { configSettings = {} } = this.#replSetOpts
    const memberConfig = this.#instanceOpts[0]?.replicaMemberConfig ?? {}
    const host = `127.0.0.1:${port}`
    const request = { name: this.#setName, host, configSettings, memberConfig }
    const isNew = await initiate(server.simulator, request)
    const { auth } = server
    if (auth !== undefined && (isNew || auth.force)) await makeUsers(server.simulator, auth)
  }

  /** As for a server, with what the first member has of its own. */
  #serverOpts(): MongoMemoryServerOpts {
    const { auth, args = [], dbName, ip, spawn, storageEngine } = this.#replSetOpts
    const [own = {}] = this.#instanceOpts
    return {
      instance: {
        dbName,
        ip,
        storageEngine: own.storageEngine ?? storageEngine,
        port: own.port,
        dbPath: own.dbPath,
        args: [...args, ...(own.args ?? [])],
        replSet: this.#setName,
      },
      binary: this.#binaryOpts,
      spawn,
      auth,
      palimpsest: this.#simulatorOptions,
    }
  }

  #warnOfOthers(): void {
    const asked = Math.max(this.#replSetOpts.count ?? 1, this.#instanceOpts.length)
    if (asked === 1) return
    console.warn(
      `MongoMemoryReplSet: ${asked} members were asked for; there is one, which is the primary and a majority by itself.`,
    )
  }

  #expect(state: MongoMemoryReplSetState): void {
    if (this.#state !== state) throw new StateError([state], this.#state)
  }

  #changeState(state: MongoMemoryReplSetState): void {
    this.#state = state
    this.emit(MongoMemoryReplSetEvents.stateChange, state)
  }
}

function checked(options: ReplSetOpts): ReplSetOpts {
  const { count = 1 } = options
  if (count > 0) return options
  throw new ReplsetCountLowError(count)
}
