import type { ClientSession, TransactionOptions } from 'mongodb'
import { performEach } from '../perform.ts'
import type { OperationsOf } from './table.ts'

export const sessionOperations: OperationsOf<'session'> = {
  abortTransaction(session, options) {
    return session.abortTransaction(options)
  },
  commitTransaction(session, options) {
    return session.commitTransaction(options)
  },
  endSession(session) {
    return session.endSession()
  },
  getSnapshotTime(session) {
    return (session as ClientSession & { snapshotTime?: unknown }).snapshotTime
  },
  startTransaction(session, options, run) {
    run.hasTransactions = true
    session.startTransaction(options)
  },
  withTransaction(session, { callback, ...options }, run) {
    run.hasTransactions = true
    return session.withTransaction(
      () => performEach(run, callback, { rethrow: true }),
      options as TransactionOptions,
    )
  },
}
