import { type Document, numberToDouble } from '../bson/index.ts'
import { type Namespace, ServerError } from '../engine/index.ts'
import type { RegisteredCommand } from './registered_command.ts'

/**
 * The session fields of a command, checked against each other. The order of the checks is the
 * server's, and so is which error wins where several fields are wrong.
 * Source: initialize_operation_session_info.cpp (8.0).
 */
export interface SessionOptions {
  readonly lsid: Document | undefined
  readonly txnNumber: number | undefined
  readonly autocommit: false | undefined
  readonly startTransaction: true | undefined
}

const invalid = (message: string): ServerError => new ServerError('InvalidOptions', message)

/** @throws ServerError 72, 20, 263, 50889 */
export function sessionOptionsOf(
  command: Document,
  descriptor: RegisteredCommand,
  isReplicaSet: boolean,
): SessionOptions {
  // To the server's own parser a null is a field that was left out.
  const lsid = (command['lsid'] ?? undefined) as Document | undefined
  const autocommit = (command['autocommit'] ?? undefined) as boolean | undefined
  const startTransaction = (command['startTransaction'] ?? undefined) as boolean | undefined
  const number = command['txnNumber'] ?? undefined
  const txnNumber = number === undefined ? undefined : numberToDouble(number)
  if (descriptor.beforeAuthentication) checkUnsupported(autocommit, txnNumber)
  if (lsid === undefined && txnNumber !== undefined) {
    throw invalid('Transaction number requires a session ID to also be specified')
  }
  if (txnNumber !== undefined) {
    if (!isReplicaSet) {
      throw new ServerError(
        'IllegalOperation',
        'Transaction numbers are only allowed on a replica set member or mongos',
      )
    }
    if (txnNumber < 0) throw invalid('Transaction number cannot be negative')
    if ((command['txnRetryCounter'] ?? undefined) !== undefined) {
      throw invalid('txnRetryCounter is only supported in sharded clusters')
    }
  } else if (autocommit !== undefined) {
    throw invalid("'autocommit' field requires a transaction number to also be specified")
  }
  if (autocommit === true) throw invalid('Specifying autocommit=true is not allowed.')
  if (autocommit === undefined && startTransaction !== undefined) {
    throw invalid("'startTransaction' field requires 'autocommit' field to also be specified")
  }
  if (startTransaction === false) throw invalid('Specifying startTransaction=false is not allowed.')
  return { lsid, txnNumber, autocommit, startTransaction }
}

function checkUnsupported(autocommit: boolean | undefined, txnNumber: number | undefined): void {
  if (autocommit !== undefined) {
    throw new ServerError(
      'OperationNotSupportedInTransaction',
      'This command is not supported in transactions',
    )
  }
  if (txnNumber !== undefined) {
    throw new ServerError(50889, 'It is illegal to provide a txnNumber for this command')
  }
}

/**
 * Whether the command may run in the transaction, or as the retryable write, that its fields ask
 * for.
 *
 * @throws ServerError 263, 50768. Source: transaction_validation.cpp, commands.cpp (8.0)
 */
export function checkAllowed(
  options: SessionOptions,
  descriptor: RegisteredCommand,
  ns: Namespace,
): void {
  const { name } = descriptor
  if (options.autocommit !== undefined) checkAllowedInTransaction(descriptor, ns)
  else if (options.txnNumber !== undefined && !descriptor.isRetryableWrite) {
    throw new ServerError(
      'NotARetryableWriteCommand',
      `txnNumber may only be provided for multi-document transactions and retryable write commands. autocommit:false was not provided, and ${name} is not a retryable write command.`,
    )
  }
  if (options.startTransaction === undefined) return
  if (name === 'killCursors') {
    throw banned('Cannot run killCursors as the first operation in a multi-document transaction.')
  }
  if (name === 'commitTransaction') throw banned('Cannot start a transaction with a commit')
  if (name === 'abortTransaction') throw banned('Cannot start a transaction with an abort')
}

const banned = (message: string): ServerError =>
  new ServerError('OperationNotSupportedInTransaction', message)

function checkAllowedInTransaction(descriptor: RegisteredCommand, ns: Namespace): void {
  if (descriptor.name === 'count') {
    throw banned(
      "Cannot run 'count' in a multi-document transaction. Please see http://dochub.mongodb.org/core/transaction-count for a recommended alternative.",
    )
  }
  if (!descriptor.allowedInTransaction) {
    throw banned(`Cannot run '${descriptor.name}' in a multi-document transaction.`)
  }
  const { db, coll } = ns
  if (db === 'local') {
    throw banned(`Cannot run command against the '${db}' database in a transaction.`)
  }
  if (coll === 'system.profile' || coll === 'system.views') {
    throw banned(`Cannot run command against the '${db}.${coll}' collection in a transaction.`)
  }
  if (db === 'config') {
    throw banned('Cannot run command against the config database in a transaction.')
  }
}
