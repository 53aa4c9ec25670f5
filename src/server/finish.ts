import type { Document } from '../bson/index.ts'
import { ServerError } from '../engine/index.ts'
import { writeConcernFaultFor } from './faults/fail_command.ts'
import type { Invocation } from './invocation.ts'
import { failedReply, withWriteConcernError } from './reply.ts'
import { countStatement, reportStatement } from './statements.ts'
import { unmetWriteConcern } from './write_concern.ts'

/** A command came to its end: everything it held is given back, and its reply made complete. */
export function finishCommand(invocation: Invocation, reply: Document): Document {
  endOperation(invocation, undefined, reply)
  const { writeConcern, descriptor, server } = invocation
  if (writeConcern === undefined && server.failPoints.failCommand.isOff) return reply
  if (!descriptor.supportsWriteConcern) return reply
  const unmet = writeConcernErrorOf(invocation)
  return unmet === undefined ? reply : withWriteConcernError(invocation, reply, unmet)
}

/**
 * A command ended with an error. In a transaction, an error while it ran ends the transaction; one
 * of the checks before that does not.
 *
 * @returns the reply, or nothing where the error is none of the server's
 */
export function settleFailure(invocation: Invocation, error: unknown): Document | undefined {
  const { session } = invocation
  const failed = error instanceof ServerError ? error : undefined
  // What an insert did before it was interrupted stands.
  const { ninserted = 0 } = invocation.op.debug
  if (ninserted > 0 && !invocation.inTransaction) invocation.wrote = true
  const isRunning = invocation.inTransaction && invocation.stage === 'running'
  if (isRunning && session?.participant.isOpen === true) session.participant.abort('error')
  if (invocation.counted) invocation.counters.failed++
  if (failed !== undefined) invocation.server.services.metrics.userErrors++
  if (failed?.code === 50) {
    invocation.server.services.metrics.operation.killedDueToMaxTimeMSExpired++
  }
  const unmet =
    invocation.stage === 'running' && invocation.descriptor.supportsWriteConcern
      ? writeConcernErrorOf(invocation)
      : undefined
  const reply = failed === undefined ? undefined : failedReply(invocation, failed, unmet)
  endOperation(invocation, failed, reply)
  return reply
}

function endOperation(
  invocation: Invocation,
  error: ServerError | undefined,
  reply: Document | undefined,
): void {
  if (invocation.ended) return
  invocation.ended = true
  const { op, server, descriptor } = invocation
  if (invocation.holdsSession) checkIn(invocation)
  server.engine.endOperation(op)
  if (invocation.endedStatements) return
  const { profiledAs } = descriptor
  const { startedUs } = op
  if (!countStatement(invocation, profiledAs, invocation.ns, startedUs)) return
  reportStatement(invocation, {
    op: profiledAs,
    command: invocation.command,
    startedUs,
    error,
    reply,
    wroteSession: invocation.isRetryableWrite && invocation.wrote,
  })
}

function checkIn(invocation: Invocation): void {
  const { op, session, server } = invocation
  if (invocation.inTransaction && invocation.stage === 'running') {
    server.services.metrics.transactions.currentActive--
    session!.participant.addActiveUs(op.clock.nowUs() - op.startedUs)
  }
  invocation.holdsSession = false
  session!.checkIn()
}

/** Source: `waitForWriteConcern`, service_entry_point_shard_role_helpers.cpp (8.0). */
function writeConcernErrorOf(invocation: Invocation): Document | undefined {
  const { server, writeConcern, descriptor } = invocation
  const { failCommand } = server.failPoints
  const fault = failCommand.isOff ? undefined : writeConcernFaultFor(failCommand, invocation)
  if (fault !== undefined) {
    invocation.errorLabels = fault.labels ?? invocation.errorLabels
    return fault.error
  }
  if (writeConcern === undefined) return undefined
  // Even a write that changed nothing waits; an abort has nothing to wait for.
  const waits = descriptor.writes || descriptor.name === 'commitTransaction'
  return waits ? unmetWriteConcern(writeConcern) : undefined
}
