import { canonicalText, type Document, sizeOf } from '../bson/index.ts'
import { type EngineCursor, namespaceText } from '../engine/index.ts'
import type { Connection } from './connection.ts'
import { int64 } from './count.ts'
import type { Invocation } from './invocation.ts'
import { withProvenance } from './read_concern.ts'
import type { Session } from './sessions/session.ts'
import type { ServerState } from './state.ts'

/** What of it to list, beside the operations that run. */
export interface ReportOptions {
  /** Transactions that are open while nothing runs in them. */
  readonly idleSessions: boolean
  /** Connections on which nothing runs. */
  readonly idleConnections: boolean
  /** Cursors that nobody reads from at the moment. */
  readonly idleCursors: boolean
  /** Whether long commands are shown as the beginning of their text. */
  readonly truncateOps: boolean
  /** Only what is of the user who asks. */
  readonly ownOnly: boolean
}

/** What runs now and, if asked for, who is there while nothing runs for them. */
export function operationsOf(invocation: Invocation, options: ReportOptions): Document[] {
  const { server } = invocation
  const isShown = ownershipTest(invocation, options)
  // The one that asks may be among those that wait, if it had to.
  const running = new Set([...server.waiting.values(), invocation])
  const reports = [...running]
    .filter(({ connection }) => isShown(ownerOf(connection)))
    .map((one) => describeOperation(one, options.truncateOps))
  if (options.idleConnections) {
    const busy = new Set([...running].map(({ connection }) => connection))
    const idle = [...server.connections()].filter(
      (connection) => !busy.has(connection) && isShown(ownerOf(connection)),
    )
    reports.push(...idle.map((connection) => describeConnection(server, connection)))
  }
  if (options.idleSessions) {
    const idle = [...server.openTransactions()].filter(
      ({ isFree, id }) => isFree && isShown(id.owner.name),
    )
    reports.push(...idle.map((session) => describeIdle(server, session)))
  }
  if (options.idleCursors) {
    const idle = [...server.engine.cursors.all()].filter(
      ({ reader, origin }) => reader === undefined && isShown(origin.owner),
    )
    reports.push(...idle.map((cursor) => describeCursor(server, cursor)))
  }
  return reports
}

const ownerOf = ({ authorization }: Connection): string => authorization.sessionOwner.name

/** Where nobody has to log in, everything is everybody's. */
function ownershipTest(
  { connection }: Invocation,
  { ownOnly }: ReportOptions,
): (owner: string) => boolean {
  if (!ownOnly || !connection.authorization.isEnforced) return () => true
  const own = ownerOf(connection)
  return (owner) => owner === own
}

/**
 * One operation as `currentOp` shows it, with its conflicts and yields as they grow.
 * Field order: `CurOp::reportCurrentOpForClient` and `reportState`, curop.cpp (8.0).
 */
function describeOperation(invocation: Invocation, truncates: boolean): Document {
  const { op, server, connection, session, descriptor, ns } = invocation
  const { debug } = op
  const runningUs = op.clock.nowUs() - op.startedUs
  const report = describeClient(server, connection, { active: true })
  report['threaded'] = true
  report['opid'] = op.opId
  if (op.isKilled) report['killPending'] = true
  if (session !== undefined) report['lsid'] = session.id.document
  if (invocation.inTransaction && session?.participant.isOpen === true) {
    report['transaction'] = describeTransaction(server, session)
  }
  report['secs_running'] = int64(Math.floor(runningUs / 1_000_000))
  report['microsecs_running'] = int64(Math.floor(runningUs))
  report['op'] = descriptor.profiledAs ?? 'command'
  report['ns'] = namespaceText(ns)
  report['redacted'] = false
  report['command'] = truncates ? shortened(invocation.command) : invocation.command
  if (debug.planSummary !== undefined) report['planSummary'] = debug.planSummary
  if (debug.writeConflicts > 0) report['writeConflicts'] = int64(debug.writeConflicts)
  report['numYields'] = int64(debug.numYields)
  report['locks'] = locksOf(invocation)
  report['waitingForLock'] = op.waitsForLock
  report['lockStats'] = {}
  report['waitingForFlowControl'] = false
  report['flowControlStats'] = {}
  return report
}

/** Who it is, as every report begins. */
function describeClient(
  { identity, services }: ServerState,
  connection: Connection,
  { active }: { readonly active: boolean },
): Document {
  const { id, client, appName, metadata, authorization } = connection
  const { user } = authorization
  return {
    type: 'op',
    host: identity.host,
    desc: `conn${id}`,
    connectionId: id,
    client,
    ...(appName === undefined ? {} : { appName }),
    ...(metadata === undefined ? {} : { clientMetadata: metadata }),
    active,
    currentOpTime: isoTime(services.clock.nowUs()),
    ...(user === undefined ? {} : { effectiveUsers: [{ ...user.name }] }),
    isFromUserConnection: true,
  }
}

function describeConnection(server: ServerState, connection: Connection): Document {
  return describeClient(server, connection, { active: false })
}

/** The intents that an operation holds while somebody looks: shared by readers, too. */
function locksOf({ op, ns, server, descriptor }: Invocation): Document {
  const collection = server.services.catalog.latest(ns.db, ns.coll)
  if (collection === undefined || !op.holdsIntent(collection.lock)) return {}
  const mode = descriptor.writes ? 'w' : 'r'
  return { ReplicationStateTransition: 'w', Global: mode, Database: mode, Collection: mode }
}

/** Longer commands are cut; server: `maxQuerySize` of `CurOp::reportState`. */
const COMMAND_BYTES_MAX = 1000

function shortened(command: Document): Document {
  if (sizeOf(command) <= COMMAND_BYTES_MAX) return command
  const { comment, ...rest } = command
  const text = canonicalText(rest)
  const $truncated =
    text.length > COMMAND_BYTES_MAX ? `${text.slice(0, COMMAND_BYTES_MAX - 3)}...` : text
  return comment === undefined ? { $truncated } : { $truncated, comment }
}

/** A transaction that is open while no statement of it runs. */
function describeIdle(server: ServerState, session: Session): Document {
  return {
    type: 'idleSession',
    host: server.identity.host,
    desc: 'inactive transaction',
    lsid: session.id.document,
    transaction: describeTransaction(server, session),
    waitingForLock: false,
    active: false,
    locks: {},
  }
}

/** Source: `CurOp`'s generic cursor, generic_cursor.idl (8.0). */
function describeCursor(server: ServerState, cursor: EngineCursor): Document {
  const { id, ns, origin, noTimeout, originatingCommand, lastUsedUs } = cursor
  const session =
    origin.session === undefined ? undefined : server.sessions.findByKey(origin.session)
  return {
    type: 'idleCursor',
    host: server.identity.host,
    ns: namespaceText(ns),
    ...(session === undefined ? {} : { lsid: session.id.document }),
    cursor: {
      cursorId: int64(id),
      lastAccessDate: new Date(Math.floor(lastUsedUs / 1000)),
      noCursorTimeout: noTimeout,
      originatingCommand,
    },
  }
}

/** Source: `reportStashedState`, transaction_participant.cpp */
function describeTransaction(server: ServerState, session: Session): Document {
  const { participant } = session
  const openUs = server.services.clock.nowUs() - participant.startedUs
  return {
    parameters: {
      txnNumber: int64(participant.txnNumber),
      autocommit: false,
      readConcern: withProvenance(participant.readConcern),
    },
    startWallClockTime: isoTime(participant.startedUs),
    timeOpenMicros: int64(Math.floor(openUs)),
    timeActiveMicros: int64(Math.floor(participant.activeUs)),
    timeInactiveMicros: int64(Math.floor(openUs - participant.activeUs)),
    expiryTime: isoTime(participant.expiresUs),
  }
}

function isoTime(us: number): string {
  return new Date(Math.floor(us / 1000)).toISOString().replace('Z', '+00:00')
}
