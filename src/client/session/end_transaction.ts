/**
 * Commit and abort: the two commands that end a transaction, and what their failures mean.
 * Source: specifications, transactions, "commitTransaction" and "abortTransaction".
 */
import type { Document } from 'bson'
import { majority, withTimeout } from '../concerns.ts'
import type { ClientCore } from '../core.ts'
import { CODES, hasCode, hasLabel, isMaxTimeExpired, isMongoError } from '../error_checks.ts'
import type { MongoErrorShape } from '../errors.ts'
import { executeOperation } from '../execute_operation.ts'
import { budgetOf, TimeBudget } from '../time_budget.ts'
import type { ClientSession } from './client_session.ts'

/** What the end of a transaction may be told. */
export interface EndOptions {
  /** In place of what the session or the client has. */
  timeoutMS?: number
}

/**
 * Whether there is something to commit on the server.
 *
 * @throws MongoTransactionError where the session is in no state to commit
 */
export function mayCommit(core: ClientCore, { transaction }: ClientSession): boolean {
  const refuse = (message: string) => new core.errors.MongoTransactionError(message)
  switch (transaction.state) {
    case 'NO_TRANSACTION':
      throw refuse('No transaction started')
    case 'TRANSACTION_ABORTED':
      throw refuse('Cannot call commitTransaction after calling abortTransaction')
    case 'STARTING_TRANSACTION':
    case 'TRANSACTION_COMMITTED_EMPTY':
      // The server never heard of it: there is nothing to commit.
      transaction.transitionTo('TRANSACTION_COMMITTED_EMPTY')
      return false
    case 'TRANSACTION_IN_PROGRESS':
    case 'TRANSACTION_COMMITTED':
      return true
  }
}

export async function commitTransaction(
  core: ClientCore,
  session: ClientSession,
  options: EndOptions = {},
): Promise<void> {
  if (!mayCommit(core, session)) return
  const { transaction } = session
  const forMajority = transaction.state === 'TRANSACTION_COMMITTED'
  try {
    const sent = commitOnce(core, session, forMajority, options)
    // Most often the answer is here already: then no promise is made for it.
    if (sent !== undefined) await sent
  } catch (error) {
    if (isMongoError(error) && leavesResultOpen(error)) {
      error.addErrorLabel('UnknownTransactionCommitResult')
    }
    throw error
  } finally {
    transaction.transitionTo('TRANSACTION_COMMITTED')
  }
}

/**
 * Sends a commit, and again where the client may by itself: whatever `retryWrites` says.
 *
 * @param forMajority any but the first is for a majority: otherwise what an earlier one did might
 *   yet be rolled back
 */
export function commitOnce(
  core: ClientCore,
  session: ClientSession,
  forMajority: boolean,
  options: EndOptions = {},
): void | Promise<void> {
  const { writeConcern, maxCommitTimeMS } = session.transaction.options
  const command: Document = { commitTransaction: 1 }
  if (forMajority) command['writeConcern'] = majority(writeConcern)
  else if (writeConcern !== undefined) command['writeConcern'] = withTimeout(writeConcern)
  if (maxCommitTimeMS) command['maxTimeMS'] = maxCommitTimeMS
  const budget = endBudget(core, session, options)
  return executeOperation(core, 'admin', command, { session, budget }, done, undefined)
}

/** The time that an end of a transaction may take, where anybody said. */
function endBudget(
  core: ClientCore,
  session: ClientSession,
  { timeoutMS }: EndOptions,
): TimeBudget | undefined {
  if (timeoutMS !== undefined) return budgetOf(core, { session, timeoutMS })
  if (session.budget !== undefined) return session.budget
  return session.timeoutMS === undefined ? undefined : new TimeBudget(core, session.timeoutMS)
}

/**
 * Whether there is something to abort on the server.
 *
 * @throws MongoTransactionError where the session is in no state to abort
 */
export function mayAbort(core: ClientCore, { transaction }: ClientSession): boolean {
  const refuse = (message: string) => new core.errors.MongoTransactionError(message)
  switch (transaction.state) {
    case 'NO_TRANSACTION':
      throw refuse('No transaction started')
    case 'TRANSACTION_ABORTED':
      throw refuse('Cannot call abortTransaction twice')
    case 'TRANSACTION_COMMITTED':
    case 'TRANSACTION_COMMITTED_EMPTY':
      throw refuse('Cannot call abortTransaction after calling commitTransaction')
    case 'STARTING_TRANSACTION':
      // The server never heard of it: there is nothing to abort.
      transaction.transitionTo('TRANSACTION_ABORTED')
      return false
    case 'TRANSACTION_IN_PROGRESS':
      return true
  }
}

export async function abortTransaction(
  core: ClientCore,
  session: ClientSession,
  options: EndOptions = {},
): Promise<void> {
  if (!mayAbort(core, session)) return
  const { transaction } = session
  try {
    const sent = abortOnce(core, session, options)
    if (sent !== undefined) await sent
  } catch (error) {
    // What can't be aborted is gone or will expire: no caller could do anything about it. But a
    // broken promise of ours is no answer of the server's.
    if (!isMongoError(error)) throw error
  } finally {
    transaction.transitionTo('TRANSACTION_ABORTED')
  }
}

/** Sends an abort, and again where the client may by itself: whatever `retryWrites` says. */
export function abortOnce(
  core: ClientCore,
  session: ClientSession,
  options: EndOptions = {},
): void | Promise<void> {
  const { writeConcern } = session.transaction.options
  const command: Document = { abortTransaction: 1 }
  if (writeConcern !== undefined) command['writeConcern'] = withTimeout(writeConcern)
  // The time for the transaction may be over; that for its abort begins anew.
  const budget = endBudget(core, session, options)?.renewed()
  return executeOperation(core, 'admin', command, { session, budget }, done, undefined)
}

function done(): void {}

/**
 * Whether a failed commit leaves open if the transaction was committed. A write concern that the
 * deployment can't ever meet does not: it is refused before anything is committed.
 */
export function leavesResultOpen(error: MongoErrorShape): boolean {
  if (isMaxTimeExpired(error)) return true
  if (hasCode(error, CODES.UnsatisfiableWriteConcern)) return false
  if (hasCode(error, CODES.UnknownReplWriteConcern)) return false
  return hasLabel(error, 'RetryableWriteError') || LEAVE_OPEN.has(error.name)
}

/** The write was done, but for whom; nobody was there to ask; time ran out before the answer. */
const LEAVE_OPEN: ReadonlySet<string> = new Set([
  'MongoWriteConcernError',
  'MongoServerSelectionError',
  'MongoOperationTimeoutError',
])
