/**
 * What `serverStatus` counts, each bumped at the moment the server bumps it. `writeConflicts` and
 * its siblings move when an operation *ends* (`recordCurOpMetrics`, curop_metrics.cpp): that is why
 * mongostat shows one spike after a long wait and nothing during it.
 */
export class Metrics {
  readonly opcounters = { insert: 0, query: 0, update: 0, delete: 0, getmore: 0, command: 0 }
  readonly document = { deleted: 0, inserted: 0, returned: 0, updated: 0 }
  readonly operation = {
    killedDueToMaxTimeMSExpired: 0,
    scanAndOrder: 0,
    temporarilyUnavailableErrors: 0,
    temporarilyUnavailableErrorsConvertedToWriteConflict: 0,
    temporarilyUnavailableErrorsEscaped: 0,
    transactionTooLargeForCacheErrors: 0,
    transactionTooLargeForCacheErrorsConvertedToWriteConflict: 0,
    writeConflicts: 0,
  }
  readonly queryExecutor = { scanned: 0, scannedObjects: 0, collectionScans: 0 }
  readonly fastPath = { express: 0, idHack: 0 }
  readonly abortExpiredTransactions = { passes: 0, successfulKills: 0, timedOutKills: 0 }
  readonly transactions = {
    retriedCommandsCount: 0,
    retriedStatementsCount: 0,
    transactionsCollectionWriteCount: 0,
    totalAborted: 0,
    totalCommitted: 0,
    totalStarted: 0,
    /** In progress now; those with a statement running are `currentActive`. */
    currentOpen: 0,
    currentActive: 0,
  }
  /** Errors that commands ended with. */
  userErrors = 0
  /** Of the wire protocol: messages that came in, and bytes both ways. */
  readonly network = { bytesIn: 0, bytesOut: 0, numRequests: 0 }
  readonly cursor = { timedOut: 0, totalOpened: 0, open: 0 }
  readonly ttl = { deletedDocuments: 0, passes: 0 }
  /** By command name. A reply with ok: 1 and writeErrors is not `failed`. */
  readonly commands: Map<string, { total: number; failed: number; rejected: number }> = new Map()
}
