import type { Document } from '../bson/index.ts'
import { findView, ServerError, type TransactionRequest } from '../engine/index.ts'
import { isOperation, type MaybeOperation, type Operation } from '../sim/index.ts'
import { checkAuthorized } from './auth/authorize.ts'
import { documentOrNothing, maxTimeMsOf } from './envelope.ts'
import { block, type CommandFault, faultFor, raise } from './faults/fail_command.ts'
import type { StrikeError } from './faults/strike.ts'
import { failTransactionalWrites } from './faults/transactional_write.ts'
import { TERMS_MARK } from './fields.ts'
import type { Invocation } from './invocation.ts'
import {
  awaitReadConcern,
  checkCreateInTransaction,
  checkSupported,
  checkTransactionLevel,
  chooseSnapshot,
  parseReadConcern,
} from './read_concern.ts'
import { checkMayRun } from './replication/permission.ts'
import { logOf } from './retries.ts'
import { checkAllowed, type SessionOptions } from './session_options.ts'
import type { TransactionExpiry } from './sessions/expiry.ts'
import type { Session } from './sessions/session.ts'
import type { ServerState } from './state.ts'
import { isTrue } from './truth.ts'
import { runOnView } from './views/run_on_view.ts'
import { parseWriteConcern } from './write_concern.ts'

/** What the way in needs of the server. */
export interface Entrance {
  readonly state: ServerState
  readonly expiry: TransactionExpiry
}

/**
 * From an accepted command to its reply: faults, the checks of the envelope, the session, the
 * transaction, and the command itself.
 *
 * @throws ServerError of any of them
 */
export function enterCommand(entrance: Entrance, invocation: Invocation): MaybeOperation<Document> {
  const { failCommand } = entrance.state.failPoints
  if (invocation.strikeError !== undefined) refuse(invocation, invocation.strikeError)
  if (!failCommand.isOff) {
    const fault = faultFor(failCommand, invocation)
    if (fault !== undefined) {
      invocation.errorLabels = fault.errorLabels
      if (fault.blockUs > 0) return blockAndEnter(entrance, invocation, fault)
      raise(fault)
    }
  }
  return enter(entrance, invocation)
}

function refuse(invocation: Invocation, { code, message, labels }: StrikeError): never {
  invocation.errorLabels = labels
  throw new ServerError(code, message)
}

function* blockAndEnter(
  entrance: Entrance,
  invocation: Invocation,
  fault: CommandFault,
): Operation<Document> {
  yield* block(invocation, fault)
  raise(fault)
  const reply = enter(entrance, invocation)
  return isOperation(reply) ? yield* reply : reply
}

function enter(entrance: Entrance, invocation: Invocation): MaybeOperation<Document> {
  const { options, session, descriptor, op } = invocation
  const { opcounters } = entrance.state.services.metrics
  const { replicaSet } = entrance.state
  if (options === undefined) {
    if (invocation.connection.authorization.isEnforced) checkAuthorized(invocation)
    if (replicaSet?.acceptsWrites === false) checkMayRun(replicaSet, invocation)
    if (descriptor.countsAsCommand) opcounters.command++
    return execute(invocation)
  }
  checkEnvelope(entrance.state, invocation, options)
  if (options.txnNumber === undefined || session === undefined) return execute(invocation)
  if (!session.isFree) return enterWhenFree(entrance, invocation, session)
  session.checkOut(op)
  invocation.holdsSession = true
  return enterSession(entrance, invocation, options, session)
}

function* enterWhenFree(
  entrance: Entrance,
  invocation: Invocation,
  session: Session,
): Operation<Document> {
  yield* session.waitForCheckOut(invocation.op)
  invocation.holdsSession = true
  const reply = enterSession(entrance, invocation, invocation.options!, session)
  return isOperation(reply) ? yield* reply : reply
}

/** Everything up to the check-out. An error here leaves an open transaction as it is. */
function checkEnvelope(state: ServerState, invocation: Invocation, options: SessionOptions): void {
  const { command, descriptor, op, ns } = invocation
  const { replicaSet } = state
  checkAllowed(options, descriptor, ns)
  if (invocation.connection.authorization.isEnforced) checkAuthorized(invocation)
  if (replicaSet?.acceptsWrites === false) checkMayRun(replicaSet, invocation)
  if (descriptor.countsAsCommand) state.services.metrics.opcounters.command++
  const hasTerms = (invocation.marks & TERMS_MARK) !== 0
  // On a getMore, maxTimeMS is how long to wait for more, and no deadline.
  if (hasTerms && descriptor.target !== 'cursor') {
    const ms = maxTimeMsOf(command)
    if (ms > 0) op.deadlineUs = op.startedUs + ms * 1000
  }
  if (hasTerms) checkReadConcern(state, invocation, options)
  op.checkForInterrupt()
  countExecuted(invocation)
  if (hasTerms) checkWriteConcern(state, invocation)
}

function checkReadConcern(
  state: ServerState,
  invocation: Invocation,
  options: SessionOptions,
): void {
  const given = documentOrNothing(invocation.command['readConcern'])
  const concern = given === undefined ? undefined : parseReadConcern(given)
  invocation.readConcern = concern
  if (options.startTransaction === true) {
    checkTransactionLevel(concern)
  } else if (options.autocommit === false) {
    if (concern !== undefined) {
      throw new ServerError(
        'InvalidOptions',
        'Only the first command in a transaction may specify a readConcern',
      )
    }
  } else {
    const { name, readConcernLevels } = invocation.descriptor
    checkSupported(concern, name, readConcernLevels)
  }
  if (concern === undefined) return
  awaitReadConcern(concern, state)
  if (options.autocommit === undefined) chooseSnapshot(invocation, concern)
}

function checkWriteConcern(state: ServerState, invocation: Invocation): void {
  const given = documentOrNothing(invocation.command['writeConcern'])
  if (given === undefined) return
  const { descriptor } = invocation
  if (!descriptor.supportsWriteConcern) {
    throw new ServerError('InvalidOptions', 'Command does not support writeConcern')
  }
  invocation.writeConcern = parseWriteConcern(given, state.identity.isReplicaSet)
  if (invocation.writeConcern === undefined) return
  if (!invocation.inTransaction || descriptor.endsTransaction) return
  throw new ServerError(
    'InvalidOptions',
    'writeConcern is not allowed within a multi-statement transaction',
  )
}

/**
 * The session is checked out: the rules of transaction numbers, and the transaction's resources.
 */
function enterSession(
  entrance: Entrance,
  invocation: Invocation,
  options: SessionOptions,
  session: Session,
): MaybeOperation<Document> {
  const { participant } = session
  const { autocommit, startTransaction } = options
  // A session is checked out for the sake of a transaction number only.
  participant.beginOrContinue(options as TransactionRequest)
  if (autocommit === undefined) {
    invocation.op.writeLog = logOf(invocation, session)
    failTransactionalWrites(entrance.state.failPoints.onPrimaryTransactionalWrite, invocation)
    return execute(invocation)
  }
  if (startTransaction === true) {
    participant.readConcern = invocation.readConcern
    entrance.expiry.watch(session)
  }
  const { name } = invocation.descriptor
  try {
    participant.unstash(name)
  } catch (error) {
    if (participant.isOpen) participant.abort('error')
    throw error
  }
  entrance.state.services.metrics.transactions.currentActive++
  invocation.stage = 'running'
  invocation.readConcern = participant.readConcern
  if (invocation.descriptor.creates) checkCreateInTransaction(participant.readConcern, name)
  return execute(invocation)
}

function execute(invocation: Invocation): MaybeOperation<Document> {
  if (!invocation.counted) countExecuted(invocation)
  invocation.stage = 'running'
  const { fsyncLock } = invocation.server
  return fsyncLock.keepsOut(invocation) ? runWhenLetIn(invocation) : run(invocation)
}

function* runWhenLetIn(invocation: Invocation): Operation<Document> {
  yield* invocation.server.fsyncLock.waitOutside(invocation)
  const reply = run(invocation)
  return isOperation(reply) ? yield* reply : reply
}

function run(invocation: Invocation): MaybeOperation<Document> {
  const { descriptor, op, ns } = invocation
  const { catalog } = op.services
  if (catalog.hasValidators && isTrue(invocation.command['bypassDocumentValidation'])) {
    op.bypassesValidation = true
  }
  if (catalog.hasViews && descriptor.target !== 'database') {
    const view = findView(op, ns)
    const reply = view === undefined ? undefined : runOnView(invocation, view)
    if (reply !== undefined) return reply
  }
  return descriptor.run(invocation)
}

function countExecuted(invocation: Invocation): void {
  invocation.counted = true
  invocation.counters.total++
}
