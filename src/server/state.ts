import type { Timestamp } from 'bson'
import type { Document } from '../bson/index.ts'
import type { Engine, ProfileSettings, Services } from '../engine/index.ts'
import type { Users } from './auth/users.ts'
import type { ConcernDefaults } from './concern_defaults.ts'
import type { Connection } from './connection.ts'
import type { FailPoints } from './faults/fail_points.ts'
import type { FsyncLock } from './fsync_lock.ts'
import type { Invocation } from './invocation.ts'
import type { LogComponents } from './log_components.ts'
import type { ReplicaSet } from './replication/replica_set.ts'
import type { Sessions } from './sessions/catalog.ts'
import type { Session } from './sessions/session.ts'
import type { Usage } from './usage/usage.ts'

/** How a server was started: words, and the configuration that they amount to. */
export interface CommandLine {
  readonly argv: readonly string[]
  readonly parsed: Document
}

/** Who the server says it is. */
export interface ServerIdentity {
  /** Member of a replica set of one, or a server by itself, which knows no transaction numbers. */
  readonly isReplicaSet: boolean
  readonly setName: string
  /** `host:port`, as clients reach it. */
  readonly host: string
  readonly version: string
  readonly commandLine: CommandLine | undefined
}

/** How a client wants the server to end. */
export interface ShutdownRequest {
  readonly force: boolean
  readonly timeoutSecs: number
  /** Whose command it was. */
  readonly connectionId: number
}

/** What commands see of the server that runs them. */
export interface ServerState {
  readonly engine: Engine
  readonly services: Services
  readonly sessions: Sessions
  /** Who may log in. */
  readonly users: Users
  readonly profiling: ProfileSettings
  readonly failPoints: FailPoints
  readonly usage: Usage
  readonly concerns: ConcernDefaults
  readonly logComponents: LogComponents
  readonly fsyncLock: FsyncLock
  readonly identity: ServerIdentity
  /** Whether clients may say nothing of who they are; see `shakeHands`. */
  readonly admitsUnnamedClients: boolean
  /** Nothing on a server by itself. */
  readonly replicaSet: ReplicaSet | undefined
  /** Commands that wait for something, by operation id: what `currentOp` shows. */
  readonly waiting: ReadonlyMap<number, Invocation>
  readonly connectionCount: number
  /** Since the start. */
  readonly connectionsCreated: number
  /** Those that are open, in the order in which they came. */
  connections(): IterableIterator<Connection>
  /** Sessions with a transaction in progress, in the order of their begin. */
  openTransactions(): IterableIterator<Session>
  /** The greatest logical time that is known. */
  clusterTime(): Timestamp
  /** A client asked the server to end; where nobody is there to end it, it goes on. */
  shutDown(request: ShutdownRequest): void
}
