import { Long } from 'bson'
import type { Document } from '../../bson/index.ts'
import { int64 } from '../count.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { isTrue } from '../truth.ts'

/** One section of the reply; a command may leave it out by `{ <name>: 0 }`. */
type Section = (invocation: Invocation) => Document

const SECTIONS: Readonly<Record<string, Section>> = {
  connections: ({ server }) => ({
    current: server.connectionCount,
    available: 1_000_000 - server.connectionCount,
    totalCreated: server.connectionCount,
  }),
  logicalSessionRecordCache: ({ server }) => ({
    activeSessionsCount: server.sessions.size,
    sessionCatalogSize: server.sessions.size,
  }),
  metrics: metricsSection,
  opcounters: ({ server }) => counts(server.services.metrics.opcounters),
  storageEngine: () => ({
    name: 'wiredTiger',
    supportsCommittedReads: true,
    persistent: false,
    readOnly: false,
  }),
  transactions: transactionsSection,
}

/** Source: server_status_command.cpp (8.0). */
export const serverStatus = {
  name: 'serverStatus',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { server, command, op } = invocation
    const elapsedMs = op.clock.elapsed()
    const reply: Document = {
      host: server.identity.host,
      version: server.identity.version,
      process: 'mongod',
      pid: Long.ONE,
      uptime: Math.floor(elapsedMs / 1000),
      uptimeMillis: int64(Math.floor(elapsedMs)),
      uptimeEstimate: int64(Math.floor(elapsedMs / 1000)),
      localTime: new Date(Math.floor(op.clock.now())),
    }
    for (const [name, section] of Object.entries(SECTIONS)) {
      if (command[name] === undefined || isTrue(command[name])) reply[name] = section(invocation)
    }
    reply['ok'] = 1
    return reply
  },
} as const satisfies CommandDescriptor

function metricsSection({ server }: Invocation): Document {
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

/** Source: transactions_stats.idl */
function transactionsSection({ server }: Invocation): Document {
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

function counts(values: Readonly<Record<string, number>>): Document {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, int64(value)]))
}
