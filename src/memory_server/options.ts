import type { SimulatorOptions } from '../palimpsest.ts'
import type { AutomaticAuth } from './auth.ts'

/**
 * The options of mongodb-memory-server 11, and one of ours: `palimpsest`. Options that are about a
 * program and its download are typed loosely, as nothing is done with them.
 */

/** What `stop` and `cleanup` leave of a server. */
export interface Cleanup {
  /** Whether its data go. Default: true. */
  readonly doCleanup?: boolean | undefined
  /** Whether a folder of one's own goes, too. Here nothing was written to it, and it stays. */
  readonly force?: boolean | undefined
}

export interface DisposeOptions {
  /** Whether `await using` stops the server. Default: true. */
  readonly enabled?: boolean | undefined
  readonly cleanup?: Cleanup | undefined
}

/** Options of one member of a set. */
export interface ReplicaSetInstanceOptions {
  /** Further arguments, as for `mongod`: `['--setParameter', 'ttlMonitorSleepSecs=1']`. */
  readonly args?: readonly string[] | undefined
  /** Default: a free one. */
  readonly port?: number | undefined
  /** A folder, which is left as it is. */
  readonly dbPath?: string | undefined
  /** `wiredTiger`, `ephemeralForTest` or `inMemory`; all are the same here. */
  readonly storageEngine?: string | undefined
  /** Fields of the member in the configuration of its set. */
  readonly replicaMemberConfig?: object | undefined
  /** For a program that starts slowly; without effect. */
  readonly launchTimeout?: number | undefined
}

/** Options of a server by itself. */
export interface InstanceOptions extends ReplicaSetInstanceOptions {
  /** Whether another port may be taken where the given one is not free. Default: true. */
  readonly portGeneration?: boolean | undefined
  /** Only shown in `instanceInfo`. */
  readonly dbName?: string | undefined
  /** Addresses to listen on, `::,0.0.0.0` for all. Default: 127.0.0.1. */
  readonly ip?: string | undefined
  /** Makes it a member of this set, which waits for its `replSetInitiate`. */
  readonly replSet?: string | undefined
  /** The key file of a set with authentication; read by nobody. */
  readonly keyfileLocation?: string | undefined
}

/** About the simulator behind a server. */
export interface SimulatorSettings {
  /**
   * Options of the simulator: whose time it runs on, its seed, and so on. Time is `real` by
   * default, as a driver's is.
   */
  readonly palimpsest?: Omit<SimulatorOptions, 'persona' | 'setName' | 'commandLine'> | undefined
}

export interface MongoMemoryServerOpts extends SimulatorSettings {
  readonly instance?: InstanceOptions | undefined
  /** About a program to download; without effect. */
  readonly binary?: object | undefined
  /** About its process; without effect. */
  readonly spawn?: object | undefined
  /** Makes users, and has clients log in. */
  readonly auth?: AutomaticAuth | undefined
  readonly dispose?: DisposeOptions | undefined
}

export interface ReplSetOpts {
  readonly auth?: AutomaticAuth | undefined
  /** Arguments for all members. */
  readonly args?: readonly string[] | undefined
  /** How many members. There is one, which stands for all. Default: 1. */
  readonly count?: number | undefined
  /** Only shown in `instanceInfo`. */
  readonly dbName?: string | undefined
  readonly ip?: string | undefined
  /** Default: `testset`. */
  readonly name?: string | undefined
  readonly spawn?: object | undefined
  readonly storageEngine?: string | undefined
  /** Settings of the configuration, such as `electionTimeoutMillis`. */
  readonly configSettings?: object | undefined
  readonly dispose?: DisposeOptions | undefined
}

export interface MongoMemoryReplSetOpts extends SimulatorSettings {
  readonly instanceOpts?: readonly ReplicaSetInstanceOptions[] | undefined
  readonly binary?: object | undefined
  readonly replSet?: ReplSetOpts | undefined
}

/** By default data go, and a folder of one's own stays. */
export const CLEANUP_DEFAULT: Cleanup = { doCleanup: true, force: false }
