import { EventEmitter } from 'node:events'
import type { Palimpsest } from '../palimpsest.ts'
import { type AutomaticAuth, authOf, type RequiredAuth } from './auth.ts'
import { InstanceInfoError, StateError } from './errors.ts'
import { Instance, type InstanceInfo } from './instance.ts'
import { CLEANUP_DEFAULT, type Cleanup, type MongoMemoryServerOpts } from './options.ts'

export const MongoMemoryServerEvents = { stateChange: 'stateChange' } as const

export const MongoMemoryServerStates = {
  new: 'new',
  starting: 'starting',
  running: 'running',
  stopped: 'stopped',
} as const

export type MongoMemoryServerState = keyof typeof MongoMemoryServerStates

const IP_DEFAULT = '127.0.0.1'

/**
 * One server. By itself, unless `instance.replSet` makes it a member of a set, and then it knows no
 * transaction numbers, as any server by itself.
 *
 * Emits `stateChange` with each new state.
 */
export class MongoMemoryServer extends EventEmitter implements AsyncDisposable {
  /** May be changed between two starts. */
  opts: MongoMemoryServerOpts
  readonly auth: RequiredAuth | undefined
  #state: MongoMemoryServerState = 'new'
  #instance: Instance | undefined = undefined
  #info: InstanceInfo | undefined = undefined
  /** The data of a server that was stopped and not cleaned up. */
  #kept: Palimpsest | undefined = undefined

  constructor(opts: MongoMemoryServerOpts = {}) {
    super()
    this.opts = { ...opts }
    this.auth = authOf(opts.auth)
  }

  /** A server that runs. */
  static async create(opts?: MongoMemoryServerOpts): Promise<MongoMemoryServer> {
    const server = new MongoMemoryServer(opts)
    await server.start()
    return server
  }

  get state(): MongoMemoryServerState {
    return this.#state
  }

  /** Of the last start, until `cleanup`. */
  get instanceInfo(): InstanceInfo | undefined {
    return this.#info
  }

  /**
   * The simulator behind the server: its clock, its faults, its saves.
   *
   * @throws StateError where the server does not run
   */
  get simulator(): Palimpsest {
    if (this.#instance !== undefined) return this.#instance.simulator
    throw new StateError(['running'], this.#state)
  }

  /**
   * @param forceSamePort whether no other port may be taken; default: by `instance.portGeneration`
   * @throws StateError where it runs already; what `Instance.start` throws
   */
  async start(forceSamePort?: boolean): Promise<void> {
    if (this.#state !== 'new' && this.#state !== 'stopped') {
      throw new StateError(['new', 'stopped'], this.#state)
    }
    this.#changeState('starting')
    try {
      await this.#startInstance(forceSamePort ?? this.opts.instance?.portGeneration === false)
    } catch (error) {
      this.#changeState('stopped')
      throw error
    }
    this.#changeState('running')
  }

  /**
   * @param cleanup what goes with it; default: the data
   * @returns false where it never ran
   */
  async stop(cleanup: Cleanup = CLEANUP_DEFAULT): Promise<boolean> {
    if (this.#info === undefined) return false
    const instance = this.#instance
    this.#instance = undefined
    const keepData = cleanup.doCleanup === false
    if (instance !== undefined) this.#kept = await instance.stop({ keepData })
    this.#changeState('stopped')
    if (!keepData) await this.cleanup(cleanup)
    return true
  }

  /**
   * Forgets the data of a server that was stopped. Folders stay, as nothing was written to them.
   *
   * @throws StateError where it runs
   */
  async cleanup(cleanup: Cleanup = CLEANUP_DEFAULT): Promise<void> {
    if (this.#state !== 'stopped') throw new StateError(['stopped'], this.#state)
    if (cleanup.doCleanup === false || this.#info === undefined) return
    await this.#kept?.stop()
    this.#kept = undefined
    this.#info = undefined
    this.#changeState('new')
  }

  /** Starts it where it does not run. */
  async ensureInstance(): Promise<InstanceInfo> {
    if (this.#state === 'starting') await this.#untilStarted()
    else if (this.#state !== 'running') await this.start()
    if (this.#info !== undefined) return this.#info
    throw new InstanceInfoError('MongoMemoryServer.ensureInstance')
  }

  /**
   * @param otherDb the database that it names
   * @param otherIp in place of 127.0.0.1
   * @throws StateError where it does not run
   */
  getUri(otherDb = '', otherIp: string = IP_DEFAULT): string {
    if (this.#state !== 'running' && this.#state !== 'starting') {
      throw new StateError(['running', 'starting'], this.#state)
    }
    if (this.#info === undefined) throw new InstanceInfoError('MongoMemoryServer.getUri')
    return `mongodb://${otherIp}:${this.#info.port}/${otherDb}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { enabled = true, cleanup } = this.opts.dispose ?? {}
    if (enabled) await this.stop(cleanup)
  }

  async #startInstance(samePort: boolean): Promise<void> {
    const { instance = {}, palimpsest = {} } = this.opts
    const port = this.#info?.port ?? instance.port ?? 0
    const ip = instance.ip ?? IP_DEFAULT
    const from = this.#kept
    this.#kept = undefined
    this.#instance = await Instance.start({
      args: [...argumentsOf(this.opts, this.auth), '--bind_ip', ip, '--port', String(port)],
      port,
      mayMove: !samePort,
      simulator: palimpsest,
      auth: this.auth,
      from,
    })
    this.#info = {
      port: this.#instance.port,
      dbName: instance.dbName ?? '',
      ip,
      storageEngine: instance.storageEngine ?? 'wiredTiger',
      replSet: instance.replSet,
      dbPath: instance.dbPath ?? '',
      tmpDir: undefined,
      instance: this.#instance,
    }
  }

  #untilStarted(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.once(MongoMemoryServerEvents.stateChange, (state: MongoMemoryServerState) => {
        if (state === 'running') resolve()
        else reject(new StateError(['running'], state))
      })
    })
  }

  #changeState(state: MongoMemoryServerState): void {
    this.#state = state
    this.emit(MongoMemoryServerEvents.stateChange, state)
  }
}

/** The command line of a `mongod` with these options, without where it listens. */
function argumentsOf(
  { instance = {} }: MongoMemoryServerOpts,
  auth: AutomaticAuth | undefined,
): string[] {
  const { replSet, storageEngine, dbPath, args = [] } = instance
  return [
    ...(replSet === undefined ? [] : ['--replSet', replSet]),
    ...(storageEngine === undefined ? [] : ['--storageEngine', storageEngine]),
    ...(dbPath === undefined ? [] : ['--dbpath', dbPath]),
    auth === undefined ? '--noauth' : '--auth',
    ...args,
  ]
}
