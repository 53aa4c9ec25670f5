import type { Document } from '../bson/index.ts'
import { namespaceText } from '../engine/index.ts'
import { int64 } from './count.ts'
import type { Invocation } from './invocation.ts'
import { withProvenance } from './read_concern.ts'
import type { Session } from './sessions/session.ts'
import type { ServerState } from './state.ts'

/** What runs now and, if asked for, the transactions that are open while nothing runs in them. */
export function operationsOf(
  invocation: Invocation,
  { idleSessions }: { readonly idleSessions: boolean },
): Document[] {
  const { server } = invocation
  // The one that asks may be among those that wait, if it had to.
  const running = new Set([...server.waiting.values(), invocation])
  const idle = idleSessions ? [...server.openTransactions()].filter(({ isFree }) => isFree) : []
  return [
    ...[...running].map(describeOperation),
    ...idle.map((session) => describeIdle(server, session)),
  ]
}

/**
 * One operation as `currentOp` shows it, with its conflicts and yields as they grow.
 * Field order: `CurOp::reportCurrentOpForClient` and `reportState`, curop.cpp (8.0).
 */
function describeOperation(invocation: Invocation): Document {
  const { op, server, connection, session, descriptor, command, ns } = invocation
  const { debug } = op
  const runningUs = op.clock.nowUs() - op.startedUs
  const report: Document = {
    type: 'op',
    host: server.identity.host,
    desc: `conn${connection.id}`,
    connectionId: connection.id,
    client: connection.client,
  }
  if (connection.appName !== undefined) report['appName'] = connection.appName
  report['active'] = true
  report['currentOpTime'] = isoTime(op.clock.nowUs())
  if (session !== undefined) report['lsid'] = session.id.document
  if (invocation.inTransaction && session?.participant.isOpen === true) {
    report['transaction'] = describeTransaction(server, session)
  }
  report['opid'] = op.opId
  report['secs_running'] = int64(Math.floor(runningUs / 1_000_000))
  report['microsecs_running'] = int64(Math.floor(runningUs))
  report['op'] = descriptor.profiledAs ?? 'command'
  report['ns'] = namespaceText(ns)
  report['redacted'] = false
  report['command'] = command
  if (debug.planSummary !== undefined) report['planSummary'] = debug.planSummary
  if (debug.writeConflicts > 0) report['writeConflicts'] = int64(debug.writeConflicts)
  report['numYields'] = int64(debug.numYields)
  report['locks'] = {}
  report['waitingForLock'] = false
  return report
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
