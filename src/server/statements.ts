import type { Document } from '../bson/index.ts'
import {
  type Namespace,
  OpDebug,
  type ProfiledOp,
  recordOperation,
  type ServerError,
} from '../engine/index.ts'
import type { Invocation } from './invocation.ts'
import { withProvenance } from './read_concern.ts'

/** What is profiled: a command as a whole, or one statement of an update or delete. */
export interface Finished {
  /** Undefined for what the profiler never records. */
  readonly op: ProfiledOp | undefined
  readonly command: Document
  readonly startedUs: number
  readonly error: ServerError | undefined
  /** Undefined for a statement, which has none of its own. */
  readonly reply: Document | undefined
  readonly wroteSession: boolean
  /** Where it is not the command's. */
  readonly ns?: Namespace | undefined
}

/**
 * The operation, or one statement of it, has ended: its counts go into the metrics, once.
 * Source: `recordCurOpMetrics` (curop_metrics.cpp, 8.0).
 *
 * @returns whether anybody wants to know more of it: then `reportStatement` follows
 */
export function countStatement(
  invocation: Invocation,
  op: ProfiledOp | undefined,
  ns: Namespace,
  startedUs: number,
): boolean {
  flushCounts(invocation)
  const { profiling, services, usage } = invocation.server
  usage.record(invocation, op, ns, services.clock.nowUs() - startedUs)
  return profiling.active || services.trace !== undefined
}

/**
 * Traces what was slow, and records what the profiler wants.
 * Source: `completeAndLogOperation` (curop.cpp, 8.0).
 */
export function reportStatement(invocation: Invocation, finished: Finished): void {
  const { op, server } = invocation
  const { profiling, services } = server
  const endedUs = services.clock.nowUs()
  const elapsedUs = endedUs - finished.startedUs
  // What the server writes to its log, whatever the profiling level.
  if (server.logComponents.logsOperations || profiling.isSlow(elapsedUs)) {
    op.trace('slow query', { durationMs: Math.floor(elapsedUs / 1000) })
  }
  if (profiling.active && finished.op !== undefined) {
    recordFinished(invocation, finished, finished.op, endedUs)
  }
}

function recordFinished(
  invocation: Invocation,
  finished: Finished,
  kind: ProfiledOp,
  endedUs: number,
): void {
  const { op, server, connection, descriptor, readConcern } = invocation
  const ns = finished.ns ?? invocation.ns
  recordOperation(server.services, server.profiling, {
    op: kind,
    db: ns.db,
    ns: `${ns.db}.${ns.coll}`,
    command: finished.command,
    originatingCommand: invocation.originatingCommand,
    debug: op.debug,
    isWrite: descriptor.writes,
    wroteSession: finished.wroteSession,
    readConcern:
      readConcern === undefined ? server.concerns.readConcern : withProvenance(readConcern),
    writeConcern: writeConcernOf(invocation, finished),
    error: finished.error,
    reply: finished.reply,
    endedUs,
    elapsedUs: endedUs - finished.startedUs,
    client: connection.client,
    appName: connection.appName,
    user: connection.authorization.user?.name,
  })
}

function writeConcernOf(invocation: Invocation, finished: Finished): Document | undefined {
  if (finished.reply === undefined) return undefined
  if (!invocation.descriptor.supportsWriteConcern) return undefined
  return invocation.writeConcern?.document ?? invocation.server.concerns.writeConcern
}

function flushCounts(invocation: Invocation): void {
  const { debug } = invocation.op
  const { metrics } = invocation.server.services
  if (debug.writeConflicts > 0) metrics.operation.writeConflicts += debug.writeConflicts
  metrics.queryExecutor.scanned += debug.keysExamined
  metrics.queryExecutor.scannedObjects += debug.docsExamined
  const { document } = metrics
  if (debug.ninserted !== undefined) document.inserted += debug.ninserted
  if (debug.nUpserted !== undefined) document.inserted += debug.nUpserted
  // What matched counts as updated, changed or not.
  if (debug.nMatched !== undefined) document.updated += debug.nMatched
  if (debug.ndeleted !== undefined) document.deleted += debug.ndeleted
  if (debug.nreturned !== undefined) document.returned += debug.nreturned
}

/** Counters for the next statement of the same command. */
export function nextStatement(invocation: Invocation): void {
  invocation.op.debug = new OpDebug()
}
