/**
 * Commit and abort: the two commands that end a transaction, and what their failures mean.
 * Source: specifications, transactions, "commitTransaction" and "abortTransaction".
 */
import type { Document } from 'bson'
import type { WriteConcern } from '../concerns.ts'
import type { ClientCore } from '../core.ts'
import { CODES, hasCode, hasLabel, isMaxTimeExpired, isMongoError } from '../error_checks.ts'
import type { MongoErrorShape } from '../errors.ts'
import { executeOperation } from '../execute_operation.ts'
import type { ClientSession } from './client_session.ts'

/** How long a commit or abort waits for its write concern, where the caller did not say. */
const WTIMEOUT_MS = 10_000

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

export async function commitTransaction(core: ClientCore, session: ClientSession): Promise<void> {
  if (!mayCommit(core, session)) return
  const { transaction } = session
  const forMajority = transaction.state === 'TRANSACTION_COMMITTED'
  try {
    const sent = sendCommit(core, session, forMajority)
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
 * Sends a commit, and once more where the server says that it may have been in vain. Any commit but
 * the first is for a majority: otherwise what an earlier one did might yet be rolled back.
 */
function sendCommit(
  core: ClientCore,
  session: ClientSession,
  forMajority: boolean,
): void | Promise<void> {
  let sent: void | Promise<void>
  try {
    sent = commitOnce(core, session, forMajority)
  } catch (error) {
    return commitAgain(core, session, error)
  }
  return sent?.catch((error) => commitAgain(core, session, error))
}

async function commitAgain(
  core: ClientCore,
  session: ClientSession,
  error: unknown,
): Promise<void> {
  if (!hasLabel(error, 'RetryableWriteError')) throw error
  await commitOnce(core, session, true)
}

/** One attempt. @param forMajority any but the first is for a majority */
export function commitOnce(
  core: ClientCore,
  session: ClientSession,
  forMajority: boolean,
): void | Promise<void> {
  const { writeConcern, maxCommitTimeMS } = session.transaction.options
  const command: Document = { commitTransaction: 1 }
  if (forMajority) command['writeConcern'] = majority(writeConcern)
  else if (writeConcern !== undefined) command['writeConcern'] = withTimeout(writeConcern)
  if (maxCommitTimeMS) command['maxTimeMS'] = maxCommitTimeMS
  return executeOperation(core, 'admin', command, { session }, done, undefined)
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

export async function abortTransaction(core: ClientCore, session: ClientSession): Promise<void> {
  if (!mayAbort(core, session)) return
  const { transaction } = session
  try {
    await sendAbort(core, session, { mayRetry: true })
  } catch (error) {
    // What can't be aborted is gone or will expire: no caller could do anything about it. But a
    // broken promise of ours is no answer of the server's.
    if (!isMongoError(error)) throw error
  } finally {
    transaction.transitionTo('TRANSACTION_ABORTED')
  }
}

/** One attempt. */
export function abortOnce(core: ClientCore, session: ClientSession): void | Promise<void> {
  const { writeConcern } = session.transaction.options
  const command: Document = { abortTransaction: 1 }
  if (writeConcern !== undefined) command['writeConcern'] = withTimeout(writeConcern)
  return executeOperation(core, 'admin', command, { session }, done, undefined)
}

async function sendAbort(
  core: ClientCore,
  session: ClientSession,
  { mayRetry }: { readonly mayRetry: boolean },
): Promise<void> {
  try {
    await abortOnce(core, session)
  } catch (error) {
    if (!mayRetry || !hasLabel(error, 'RetryableWriteError')) throw error
    await sendAbort(core, session, { mayRetry: false })
  }
}

function done(): void {}

function withTimeout(given: WriteConcern | undefined): WriteConcern {
  return { w: 'majority', wtimeout: WTIMEOUT_MS, ...given }
}

function majority(given: WriteConcern | undefined): WriteConcern {
  return { ...withTimeout(given), w: 'majority' }
}

/**
 * Whether a failed commit leaves open if the transaction was committed. A write concern that the
 * deployment can't ever meet does not: it is refused before anything is committed.
 */
export function leavesResultOpen(error: MongoErrorShape): boolean {
  if (isMaxTimeExpired(error)) return true
  if (hasCode(error, CODES.UnsatisfiableWriteConcern)) return false
  if (hasCode(error, CODES.UnknownReplWriteConcern)) return false
  return hasLabel(error, 'RetryableWriteError') || error.name === 'MongoWriteConcernError'
}
