import type { Timestamp } from 'bson'
import type { Document } from '../bson/index.ts'
import {
  checkNamespace,
  type Engine,
  type Namespace,
  ProfileSettings,
  ServerError,
  type Services,
} from '../engine/index.ts'
import { isOperation, type MaybeOperation, type Operation, type Scheduler } from '../sim/index.ts'
import { checkAuthenticated } from './auth/authorize.ts'
import { Users } from './auth/users.ts'
import { findCommand } from './commands/table.ts'
import { ConcernDefaults } from './concern_defaults.ts'
import { type Connection, type ConnectionOptions, newConnection } from './connection.ts'
import { type Entrance, enterCommand } from './entrance.ts'
import { checkApiVersion, requireApiVersion } from './envelope.ts'
import { ConnectionClosedError } from './faults/fail_command.ts'
import { FailPoints } from './faults/fail_points.ts'
import { Faults } from './faults/faults.ts'
import { ForcedConflicts } from './faults/forced_conflicts.ts'
import { Mishaps } from './faults/mishaps.ts'
import type { Strike } from './faults/strike.ts'
import { underStrike } from './faults/under_faults.ts'
import { checkFields, ENVELOPE_MARK, GOSSIP_MARK, TERMS_MARK } from './fields.ts'
import { finishCommand, settleFailure } from './finish.ts'
import { FsyncLock } from './fsync_lock.ts'
import { gossipIn, gossipOut } from './gossip.ts'
import { Invocation } from './invocation.ts'
import { LogComponents } from './log_components.ts'
import { collectionOf, describe, lookUp } from './look_up.ts'
import type { RegisteredCommand } from './registered_command.ts'
import { interruptWrites } from './replication/interrupt.ts'
import { ReplicaSet } from './replication/replica_set.ts'
import { keepRecordsWhilePrimary } from './replication/session_tables.ts'
import { errorReply } from './reply.ts'
import { type SessionOptions, sessionOptionsOf } from './session_options.ts'
import { Sessions } from './sessions/catalog.ts'
import { type ExpiryMode, TransactionExpiry } from './sessions/expiry.ts'
import { startReapers } from './sessions/reaper.ts'
import type { Session } from './sessions/session.ts'
import type { CommandLine, ServerIdentity, ServerState, ShutdownRequest } from './state.ts'
import { openTransport, type ServerTransport } from './transport.ts'
import { Usage } from './usage/usage.ts'
import { SERVER_VERSION } from './version.ts'

/**
 * Who a server says it is: the primary of a set of one; a member of a set that waits for its
 * `replSetInitiate`; or a server by itself, which refuses transaction numbers.
 */
export type Persona = 'replicaSet' | 'uninitiated' | 'standalone'

export interface ServerOptions {
  readonly persona?: Persona
  readonly expiry?: ExpiryMode
  readonly setName?: string
  /** `host:port` as clients reach it. */
  readonly host?: string
  /** The command line that started the server, if one did. */
  readonly commandLine?: CommandLine | undefined
  /** Settings of the profiler to begin with, for a fork. */
  readonly profiling?: ProfileSettings
  /** Who may log in, for a fork. */
  readonly users?: Users
  /** The set to go on from, for a fork. */
  readonly replicaSet?: ReplicaSet
  /** Ends what this server is part of, when a client asks for it by `shutdown`. */
  readonly onShutdown?: (request: ShutdownRequest) => void
}

/** Source: client_disconnect handling, operation_context.cpp. */
const CLIENT_GONE = {
  code: 279,
  message: 'operation was interrupted because a client disconnected',
}

/**
 * The server's half: command documents in, reply documents out, over one engine.
 *
 * A command passes, in the server's own order (service_entry_point_shard_role.cpp, 8.0): look-up,
 * field check, session fields, fail points, permission within transactions, deadline, concerns,
 * session check-out, transaction, then the command itself. Nothing on this way suspends unless
 * something must be waited for, so a command without session is plain function calls.
 */
export class CommandServer implements ServerState {
  readonly engine: Engine
  readonly services: Services
  readonly sessions: Sessions
  readonly users: Users
  readonly profiling: ProfileSettings
  readonly failPoints: FailPoints
  readonly faults: Faults
  readonly usage: Usage = new Usage()
  readonly concerns: ConcernDefaults = new ConcernDefaults()
  readonly logComponents: LogComponents = new LogComponents()
  readonly fsyncLock: FsyncLock = new FsyncLock()
  readonly identity: ServerIdentity
  /** Set by those who know that the clients to come can't help it. */
  admitsUnnamedClients = false
  readonly replicaSet: ReplicaSet | undefined
  readonly waiting: Map<number, Invocation> = new Map()
  readonly expiry: TransactionExpiry
  readonly #scheduler: Scheduler
  readonly #entrance: Entrance
  readonly #onShutdown: ((request: ShutdownRequest) => void) | undefined
  readonly #connections = new Map<number, Connection>()
  /** Names of databases that are good, as far as commands without a collection asked. */
  readonly #databasesChecked = new Set<string>(['admin', '$external'])
  #lastConnectionId = 0

  constructor(engine: Engine, options: ServerOptions = {}) {
    const { persona = 'replicaSet', expiry = 'sweep', setName = 'rs0' } = options
    const { host = 'localhost:27017', profiling, commandLine } = options
    this.engine = engine
    this.services = engine.services
    this.#scheduler = engine.services.scheduler
    this.sessions = new Sessions(engine.services)
    this.users = options.users ?? Users.seeded(engine.services.random.seed)
    this.profiling = profiling ?? new ProfileSettings()
    const conflicts = new ForcedConflicts(engine.services.hooks)
    this.failPoints = new FailPoints(engine.services, conflicts)
    const isReplicaSet = persona !== 'standalone'
    this.identity = { isReplicaSet, setName, host, version: SERVER_VERSION, commandLine }
    this.#onShutdown = options.onShutdown
    if (isReplicaSet) {
      this.replicaSet = new ReplicaSet({
        clock: engine.services.clock,
        setName,
        initiated: persona === 'replicaSet',
        interrupt: () => interruptWrites(this.sessions.all(), this.waiting.values()),
        from: options.replicaSet,
      })
      keepRecordsWhilePrimary(this.replicaSet, engine, options.replicaSet === undefined)
    }
    const { services } = engine
    const mishaps = new Mishaps(services, conflicts, this.replicaSet)
    this.faults = new Faults({ services, mishaps, isReplicaSet, findCommand })
    this.expiry = new TransactionExpiry(engine.services, expiry)
    this.#entrance = { state: this, expiry: this.expiry }
    engine.services.hooks.writesAreLocked = () => this.fsyncLock.isHeld
    startReapers(engine, this.sessions)
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  get connectionsCreated(): number {
    return this.#lastConnectionId
  }

  /** Those that are open, in the order in which they came. */
  connections(): IterableIterator<Connection> {
    return this.#connections.values()
  }

  /** Nothing is set up that could lose a request or a reply, or refuse it for want of a primary. */
  get isCalm(): boolean {
    const { failCommand, onPrimaryTransactionalWrite } = this.failPoints
    const takesWrites = this.replicaSet?.acceptsWrites ?? true
    if (this.faults.isArmed || !takesWrites) return false
    return failCommand.isOff && onPrimaryTransactionalWrite.isOff
  }

  connect(options: ConnectionOptions = {}): Connection {
    const connection = newConnection(++this.#lastConnectionId, this.users, options)
    this.#connections.set(connection.id, connection)
    return connection
  }

  /** The transport of an in-process client. */
  transport(options: ConnectionOptions = {}): ServerTransport {
    return openTransport(this, options)
  }

  /** The client is gone. Its transactions stay, as they do in the server, until they expire. */
  disconnect(connection: Connection): void {
    this.#connections.delete(connection.id)
    for (const invocation of this.waiting.values()) {
      if (invocation.connection === connection) leave(invocation)
    }
    this.#scheduler.drain()
  }

  /**
   * Runs one command: its reply at once where nothing had to be waited for, else a promise of it.
   *
   * @throws or rejects with ConnectionClosedError where a fault closes the connection; never for a
   *   server's error, which is a reply with `ok: 0`
   */
  send(
    command: Document,
    connection: Connection,
    signal?: AbortSignal,
  ): Document | Promise<Document> {
    const answer = this.#scheduler.choosing
      ? this.#whenItsTurnComes(command, connection, signal, this.faults.isArmed)
      : this.run(command, connection, signal)
    const isSeen = isOperation(answer) || this.services.trace !== undefined
    return this.#scheduler.run(isSeen ? describe(command) : '', answer, connection.owner)
  }

  /** The reply to what could not even be read as a command. */
  refuse(error: ServerError, connection: Connection): Document {
    return this.#answered(connection, errorReply(error))
  }

  /** As `send`, at once and for whoever drives operations itself. */
  run(command: Document, connection: Connection, signal?: AbortSignal): MaybeOperation<Document> {
    if (!this.faults.isArmed) return this.#dispatch(command, connection, signal)
    const run = (strike: Strike | undefined): MaybeOperation<Document> =>
      this.#dispatch(command, connection, signal, strike)
    return underStrike(this.faults.strikeAt(command), run)
  }

  openTransactions(): IterableIterator<Session> {
    return this.expiry.open
  }

  clusterTime(): Timestamp {
    return this.services.timestamps.clusterTime()
  }

  shutDown(request: ShutdownRequest): void {
    this.#onShutdown?.(request)
  }

  /**
   * Under a strategy not even the check of a command happens before it was picked.
   *
   * @param isConcerned whether faults were armed as it was sent: those that come later spare it
   */
  *#whenItsTurnComes(
    command: Document,
    connection: Connection,
    signal: AbortSignal | undefined,
    isConcerned: boolean,
  ): Operation<Document> {
    const answer = isConcerned
      ? this.run(command, connection, signal)
      : this.#dispatch(command, connection, signal)
    return isOperation(answer) ? yield* answer : answer
  }

  #dispatch(
    command: Document,
    connection: Connection,
    signal: AbortSignal | undefined,
    strike?: Strike,
  ): MaybeOperation<Document> {
    let invocation: Invocation
    try {
      invocation = this.#accept(command, connection)
      if (strike !== undefined) invocation.strikeError = strike.error
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      this.services.metrics.userErrors++
      return this.#answered(connection, errorReply(error))
    }
    try {
      const reply = enterCommand(this.#entrance, invocation)
      if (isOperation(reply)) return this.#finishLater(invocation, reply, signal)
      return this.#finish(invocation, reply)
    } catch (error) {
      return this.#fail(invocation, error)
    }
  }

  /** Look-up, field check, session fields: from a document to an operation. */
  #accept(command: Document, connection: Connection): Invocation {
    const descriptor = lookUp(command)
    const db = command['$db']
    if (typeof db !== 'string') {
      throw new ServerError(40571, 'OP_MSG requests require a $db argument')
    }
    if (descriptor.adminOnly && db !== 'admin') {
      throw new ServerError(
        'Unauthorized',
        `${descriptor.name} may only be run against the admin database.`,
      )
    }
    if (connection.authorization.isEnforced) checkAuthenticated(connection, descriptor)
    const marks = checkFields(command, descriptor.name, descriptor.table)
    if ((marks & GOSSIP_MARK) !== 0 && this.identity.isReplicaSet) {
      gossipIn(this, command, descriptor.name)
    }
    if (this.services.parameters.get('requireApiVersion')) requireApiVersion(command, descriptor)
    const ns = this.#namespaceOf(command, descriptor, db)
    let options: SessionOptions | undefined
    let session: Session | undefined
    if ((marks & ENVELOPE_MARK) !== 0) {
      if ((marks & TERMS_MARK) !== 0) checkApiVersion(command, descriptor)
      options = sessionOptionsOf(command, descriptor, this.identity.isReplicaSet)
      const { lsid } = options
      const { authorization } = connection
      // Sessions are for those who may have some: until then the field is not looked at.
      if (lsid !== undefined && authorization.isTrusted) {
        session = this.sessions.use(lsid, descriptor.lsidPath, authorization.sessionOwner)
      }
    }
    const transaction = options?.autocommit === false ? session?.participant : undefined
    const op = this.engine.beginOperation(descriptor.name, transaction, ns)
    return new Invocation(this, descriptor, command, marks, ns, connection, op, options, session)
  }

  #namespaceOf(command: Document, descriptor: RegisteredCommand, db: string): Namespace {
    const coll = collectionOf(command, descriptor)
    if (descriptor.target === 'database') {
      const ns = { db, coll }
      if (this.#databasesChecked.has(db)) return ns
      checkNamespace(ns)
      this.#databasesChecked.add(db)
      return ns
    }
    // What exists was checked when it was made.
    const known = this.services.catalog.latest(db, coll)
    if (known !== undefined) return known.ns
    const ns = { db, coll }
    checkNamespace(ns)
    return ns
  }

  *#finishLater(
    invocation: Invocation,
    operation: Operation<Document>,
    signal: AbortSignal | undefined,
  ): Operation<Document> {
    const onAbort = (): void => {
      leave(invocation)
      this.#scheduler.drain()
    }
    const { opId } = invocation.op
    this.waiting.set(opId, invocation)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      return this.#finish(invocation, yield* operation)
    } catch (error) {
      return this.#fail(invocation, error)
    } finally {
      this.waiting.delete(opId)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  #finish(invocation: Invocation, reply: Document): Document {
    const finished = finishCommand(invocation, reply)
    this.#countWrite(invocation)
    if (invocation.losesReply)
      throw new ConnectionClosedError('The connection was closed while the command ran')
    return this.#answered(invocation.connection, finished, invocation.session)
  }

  /** @throws what is no error of the server's, after everything was put in order */
  #fail(invocation: Invocation, error: unknown): Document {
    const reply = settleFailure(invocation, error)
    this.#countWrite(invocation)
    if (reply === undefined) throw error
    if (invocation.losesReply)
      throw new ConnectionClosedError('The connection was closed while the command ran')
    return this.#answered(invocation.connection, reply, invocation.session)
  }

  #countWrite(invocation: Invocation): void {
    if (!invocation.wrote) return
    invocation.connection.hasWritten = true
  }

  /**
   * Gossips logical time, where the connection asks for it, or the command was one of a session,
   * which may have to be causally after another.
   */
  #answered(connection: Connection, reply: Document, session?: Session): Document {
    const tells = session === undefined ? connection.gossip : connection.gossipsInSessions
    return tells && this.identity.isReplicaSet ? gossipOut(this, reply) : reply
  }
}

function leave(invocation: Invocation): void {
  if (!invocation.descriptor.endsWithClient) return
  invocation.op.kill(CLIENT_GONE.code, CLIENT_GONE.message)
}
