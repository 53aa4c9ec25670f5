import { type Document, numberToDouble } from '../bson/index.ts'
import { RetryableWriteLog, type StatementEntry } from '../engine/index.ts'
import type { Invocation } from './invocation.ts'
import type { Session } from './sessions/session.ts'

/** Where a retryable write is taken down, statement by statement. */
export function logOf(invocation: Invocation, session: Session): RetryableWriteLog {
  const { command, server, options } = invocation
  const { history } = session.participant
  const log = new RetryableWriteLog(server.services, history, options!.txnNumber!)
  if (command['stmtId'] !== undefined || command['stmtIds'] !== undefined) {
    log.stmtIdAt = (index) => statementId(command, index)
  }
  return log
}

/** The statement's number within its retryable write. */
export function statementId(command: Document, index: number): number {
  const ids = command['stmtIds']
  if (Array.isArray(ids)) return numberToDouble(ids[index])
  const first = command['stmtId']
  return (first === undefined ? 0 : numberToDouble(first)) + index
}

/**
 * The statement, if it was done by an earlier attempt.
 *
 * @throws ServerError 217 where that is not known any more
 */
export function findDone(invocation: Invocation, stmtId: number): StatementEntry | undefined {
  return invocation.session!.participant.history.find(stmtId, invocation.options!.txnNumber!)
}

/** Counts what a retry was answered from. Source: retryable_writes_stats.cpp */
export function countRetried(invocation: Invocation, statements: number, isFirst: boolean): void {
  const { transactions } = invocation.server.services.metrics
  transactions.retriedStatementsCount += statements
  if (isFirst) transactions.retriedCommandsCount++
}
