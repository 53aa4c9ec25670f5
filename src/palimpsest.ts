import { type ClientOptions, createClient, type PalimpsestClient } from './client/index.ts'
import {
  type BackoffPolicy,
  Engine,
  type EngineSave,
  type ParameterOptions,
  type ProfileSettings,
} from './engine/index.ts'
import { Listening, type ListenOptions } from './listening.ts'
import {
  type CommandLine,
  CommandServer,
  type ExpiryMode,
  type Faults,
  type FaultsSave,
  type Persona,
  type ReplicaSet,
  type ShutdownRequest,
  type Users,
  type UsersSave,
} from './server/index.ts'
import {
  AutoClock,
  type Clock,
  ManualClock,
  Random,
  RealClock,
  type Strategy,
  type TimeMode,
  Trace,
  wallClockUs,
} from './sim/index.ts'
import { type SimulatorStats, statsOf } from './stats.ts'

export interface SimulatorOptions {
  /** Who moves time: itself, the test, or the machine. Default: `auto`. */
  readonly time?: TimeMode
  /** Where virtual time begins; default: now, so that an application's own dates agree. */
  readonly startAt?: Date | number
  /** Drives every choice that chance makes; default: 1. */
  readonly seed?: number
  /** When a transaction past its lifetime is aborted: by a periodic job, or at once. */
  readonly expiry?: ExpiryMode
  /** How plan executors wait after a conflict; default: the 8.0 ladder. */
  readonly backoff?: BackoffPolicy
  /** Server parameters, as `setParameter` names them. */
  readonly parameters?: ParameterOptions
  /** Bytes that documents and index entries may take. Default: no limit. */
  readonly cacheSizeBytes?: number
  /**
   * From so many bytes on, transactions that pin the oldest versions are rolled back. Default:
   * never.
   */
  readonly evictionTriggerBytes?: number
  /** Whether to record what happens; see `trace`. */
  readonly trace?: boolean
  /** Picks who goes next, instead of first come, first served. */
  readonly strategy?: Strategy
  /**
   * Who the server says it is: the primary of a replica set of one; a member that waits for its
   * `replSetInitiate`; or a standalone, which knows no transaction numbers. Default: `replicaSet`.
   */
  readonly persona?: Persona
  /** The name of the replica set. Default: `rs0`. */
  readonly setName?: string
  /** What `getCmdLineOpts` says; default: the command line of a server like this one. */
  readonly commandLine?: CommandLine
  /** Where warnings go, such as that of a manual clock nobody moves. Default: `console.warn`. */
  readonly onWarning?: (message: string) => void
}

/** Options of `create` and of `listen` in one. */
export type ServeOptions = SimulatorOptions & ListenOptions

/** A moment of a simulator's store; see `Palimpsest.save`. */
export interface SimulatorSave {
  readonly engine: EngineSave
  readonly users: UsersSave
  /** What was to go wrong. */
  readonly faults: FaultsSave
  /** Where chance and time were. */
  readonly random: Random
  readonly nowUs: number
}

/**
 * One simulator: a store, its server, and the clock, chance and scheduler that they run on. Any
 * number of them live in one process and share nothing.
 *
 *     const sim = await Palimpsest.create({ time: 'auto', seed: 1 })
 *     const client = sim.client()
 *     await client.db('shop').collection('stock').insertOne({ _id: 'x', value: 0 })
 */
export class Palimpsest implements AsyncDisposable {
  readonly clock: Clock
  readonly seed: number
  /** What happened, if recording was asked for. */
  readonly trace: Trace | undefined
  /** For those who build on the simulator, such as an explorer of schedules. */
  readonly server: CommandServer
  /** Resolves once it was stopped: with the request of the client who asked for it, or nothing. */
  readonly stopped: Promise<ShutdownRequest | undefined>
  readonly #options: SimulatorOptions
  readonly #random: Random
  readonly #engine: Engine
  readonly #listening: Listening
  #tellStopped = (_request?: ShutdownRequest): void => {}

  private constructor(options: SimulatorOptions, parts: SimulatorParts) {
    this.#options = options
    this.seed = parts.random.seed
    this.clock = parts.clock
    this.trace = parts.trace
    this.#random = parts.random
    this.#engine = parts.engine
    const { expiry = 'sweep', persona = 'replicaSet', setName = 'rs0', commandLine } = options
    this.stopped = new Promise((resolve) => {
      this.#tellStopped = resolve
    })
    this.server = new CommandServer(parts.engine, {
      expiry,
      persona,
      setName,
      commandLine,
      ...parts.continued,
      onShutdown: (request) => this.clock.afterTurn(() => void this.#end(request)),
    })
    this.#listening = new Listening({
      server: this.server,
      clock: this.clock,
      timeWasChosen: options.time !== undefined,
      log: options.onWarning ?? ((message) => console.warn(message)),
    })
  }

  /**
   * @throws TypeError, RangeError for options that make no sense; ServerError for bad parameters
   */
  static async create(options: SimulatorOptions = {}): Promise<Palimpsest> {
    checkOptions(options)
    const random = new Random(options.seed ?? 1)
    const clock = makeClock(options)
    const trace = options.trace === true ? new Trace() : undefined
    const { backoff, parameters, cacheSizeBytes, evictionTriggerBytes, strategy } = options
    const engine = new Engine({
      clock,
      random,
      trace,
      backoff,
      parameters,
      cacheSizeBytes,
      evictionTriggerBytes,
      strategy,
    })
    return new Palimpsest(options, { clock, random, trace, engine })
  }

  /** A simulator in real time that listens on a free port, or wherever the options say. */
  static async serve(options: ServeOptions = {}): Promise<Palimpsest> {
    const { port, host, path, advertise, idleMs, auth, log, ...rest } = options
    const sim = await Palimpsest.create({ time: 'real', ...rest })
    try {
      await sim.listen(given({ port, host, path, advertise, idleMs, auth, log }))
    } catch (error) {
      await sim.stop()
      throw error
    }
    return sim
  }

  /**
   * Accepts connections of real drivers, by the wire protocol, until `stop`. It may be called
   * several times, for several places. Needs Node.js.
   *
   * @returns the connection string of this place
   * @throws TypeError where `time` was not given to `create`, or options make no sense; ServerError
   *   for users that can't be made; the error of the machine, such as EADDRINUSE
   */
  listen(options: ListenOptions = {}): Promise<string> {
    return this.#listening.listen(options)
  }

  /**
   * The connection string of the first place that `listen` was called for.
   *
   * @param database the database it names, if any
   * @throws Error before `listen`
   */
  getUri(database = ''): string {
    return this.#listening.uri(database)
  }

  /**
   * An in-process client with the driver's surface.
   *
   * @param uri a connection string: its options count, its hosts don't
   * @throws MongoParseError for an option that the in-process client does not have
   */
  client(options?: ClientOptions): PalimpsestClient
  client(uri: string, options?: ClientOptions): PalimpsestClient
  client(first: string | ClientOptions = {}, second: ClientOptions = {}): PalimpsestClient {
    const [uri, options] = typeof first === 'string' ? [first, second] : [undefined, first]
    return createClient({
      transport: this.server.transport({ gossipsInSessions: true }),
      clock: this.clock,
      random: this.#random,
      uri,
      options,
    })
  }

  /**
   * Faults on purpose: lost requests and replies, step-downs, errors, conflicts, delays, chaos.
   *
   *     sim.faults.loseReply({ command: 'update' })   // applied, but its client never hears of it
   */
  get faults(): Faults {
    return this.server.faults
  }

  /** Where its chance comes from, for those who build on the simulator. */
  get random(): Random {
    return this.#random
  }

  /** The whole store, at no cost. No operation and no transaction may be in flight. */
  save(): SimulatorSave {
    return {
      engine: this.#engine.save(),
      users: this.server.users.save(),
      faults: this.server.faults.save(),
      random: this.#random.clone(),
      nowUs: this.clock.nowUs(),
    }
  }

  /**
   * Back to a save, at the cost of what changed since: documents, and who may log in. Open
   * transactions are aborted and cursors killed; change streams that were open when it was saved go
   * on, and tell nothing of the way back. Time, ids and counters go on.
   */
  restore(save: SimulatorSave): void {
    this.#engine.restore(save.engine)
    this.server.users.restore(save.users)
  }

  /**
   * Back to a save, and to the very same future: chance and faults go on as they did from there,
   * and no session is left. For those who play one program again and again.
   *
   * @returns false where virtual time has moved on since, so that it would not be the same; then
   *   nothing was done
   */
  rewind(save: SimulatorSave): boolean {
    if (this.clock.nowUs() !== save.nowUs) return false
    this.restore(save)
    this.server.sessions.renew()
    this.#random.become(save.random)
    this.server.faults.restore(save.faults)
    return true
  }

  /**
   * An independent simulator from here on, with the same documents and users, the same time, chance
   * and faults.
   */
  fork(): Palimpsest {
    const { clock } = this
    const random = this.#random.clone()
    const trace = this.trace === undefined ? undefined : new Trace()
    const copy = clock.fork()
    const engine = this.#engine.fork({
      clock: copy,
      random,
      trace,
      strategy: this.#options.strategy,
    })
    const { replicaSet } = this.server
    const profiling = this.server.profiling.clone()
    const users = this.server.users.fork()
    const continued = { profiling, users, ...(replicaSet === undefined ? {} : { replicaSet }) }
    const fork = new Palimpsest(this.#options, { clock: copy, random, trace, engine, continued })
    fork.faults.continueFrom(this.faults.save())
    return fork
  }

  /** Conflicts, retries, open transactions and what they pin, and the storage layer's counts. */
  stats(): SimulatorStats {
    return statsOf(this.server, this.seed)
  }

  /** Ends whatever is under way, every connection too, and releases the clock. */
  async stop(): Promise<void> {
    await this.#end()
  }

  async #end(request?: ShutdownRequest): Promise<void> {
    this.#engine.services.scheduler.stop()
    await this.#listening.close()
    this.#tellStopped(request)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

interface SimulatorParts {
  readonly clock: Clock
  readonly random: Random
  readonly trace: Trace | undefined
  readonly engine: Engine
  /** Of the server that a fork comes from. */
  readonly continued?: {
    readonly profiling: ProfileSettings
    readonly users: Users
    readonly replicaSet?: ReplicaSet
  }
}

function makeClock(options: SimulatorOptions): Clock {
  const { time = 'auto', startAt } = options
  if (time === 'real') return new RealClock()
  const startUs = startAt === undefined ? wallClockUs() : Number(startAt) * 1000
  if (time === 'auto') return new AutoClock(startUs)
  return new ManualClock(startUs, options.onWarning ?? ((message) => console.warn(message)))
}

/** Without the options that nobody gave. */
function given(options: { [Name in keyof ListenOptions]: ListenOptions[Name] | undefined }) {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as ListenOptions
}

function checkOptions(options: SimulatorOptions): void {
  const { time = 'auto', startAt, seed = 1, persona = 'replicaSet' } = options
  if (!PERSONAS.has(persona)) {
    const known = [...PERSONAS].map((name) => `'${name}'`).join(', ')
    throw new TypeError(`persona is one of ${known}, not ${JSON.stringify(persona)}`)
  }
  if (options.setName === '') throw new TypeError('a replica set has a name')
  if (time !== 'auto' && time !== 'manual' && time !== 'real') {
    throw new TypeError(`time is 'auto', 'manual' or 'real', not ${JSON.stringify(time)}`)
  }
  if (startAt !== undefined) {
    if (time === 'real') throw new TypeError("startAt needs virtual time: time 'auto' or 'manual'")
    if (!Number.isFinite(Number(startAt))) throw new RangeError('startAt is not a valid date')
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed is a whole number, not ${seed}`)
  for (const name of Object.keys(options)) {
    if (!KNOWN_OPTIONS.has(name)) throw new TypeError(`Palimpsest.create knows no option '${name}'`)
  }
}

const PERSONAS: ReadonlySet<string> = new Set<Persona>(['replicaSet', 'uninitiated', 'standalone'])

const KNOWN_OPTIONS: ReadonlySet<string> = new Set<keyof SimulatorOptions>([
  'time',
  'startAt',
  'seed',
  'expiry',
  'backoff',
  'parameters',
  'cacheSizeBytes',
  'evictionTriggerBytes',
  'trace',
  'strategy',
  'persona',
  'setName',
  'commandLine',
  'onWarning',
])
