import type { Document } from '../../bson/index.ts'
import { int64 } from '../count.ts'
import type { Invocation } from '../invocation.ts'
import { counts } from './numbers.ts'

/** What operations did since the start. Source: the metric tree of commands/server_status (8.0). */
export function metricsSection({ server }: Invocation): Document {
  const { metrics } = server.services
  return {
    abortExpiredTransactions: counts(metrics.abortExpiredTransactions),
    commands: commandCounts(metrics.commands),
    cursor: {
      timedOut: int64(metrics.cursor.timedOut),
      totalOpened: int64(metrics.cursor.totalOpened),
      open: counts(server.engine.cursors.openCounts()),
    },
    document: counts(metrics.document),
    operation: counts(metrics.operation),
    query: { planner: { fastPath: counts(metrics.fastPath) } },
    queryExecutor: {
      scanned: int64(metrics.queryExecutor.scanned),
      scannedObjects: int64(metrics.queryExecutor.scannedObjects),
      collectionScans: { total: int64(metrics.queryExecutor.collectionScans) },
    },
    ttl: counts(metrics.ttl),
  }
}

function commandCounts(commands: ReadonlyMap<string, Readonly<Record<string, number>>>): Document {
  const sorted = [...commands].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([name, counters]) => [name, counts(counters)]))
}

/** Source: transactions_stats.idl (8.0). */
export function transactionsSection({ server }: Invocation): Document {
  const { transactions: t } = server.services.metrics
  return counts({
    retriedCommandsCount: t.retriedCommandsCount,
    retriedStatementsCount: t.retriedStatementsCount,
    transactionsCollectionWriteCount: t.transactionsCollectionWriteCount,
    currentActive: t.currentActive,
    currentInactive: t.currentOpen - t.currentActive,
    currentOpen: t.currentOpen,
    totalAborted: t.totalAborted,
    totalCommitted: t.totalCommitted,
    totalStarted: t.totalStarted,
    totalPrepared: 0,
    totalPreparedThenCommitted: 0,
    totalPreparedThenAborted: 0,
    currentPrepared: 0,
  })
}
