import { type Document, isDocument } from '../../bson/index.ts'
import { replicaSetFields } from '../commands/hello.ts'
import { int64 } from '../count.ts'
import type { Invocation } from '../invocation.ts'
import { isTrue } from '../truth.ts'
import { metricsSection, transactionsSection } from './metrics_section.ts'
import { counts } from './numbers.ts'
import { storageEngineSection, wiredTigerSection } from './storage_sections.ts'

/** One section of `serverStatus`; undefined: this server has none. */
type Section = (invocation: Invocation) => Document | undefined

/** Source: connections server status section, transport/ (8.0). */
const CONNECTIONS_MAX = 1_000_000

/** In the order of the reply. Source: server_status_command.cpp (8.0). */
export const SECTIONS: Readonly<Record<string, Section>> = {
  asserts: ({ server }) => ({
    regular: 0,
    warning: 0,
    msg: 0,
    user: server.services.metrics.userErrors,
    tripwire: 0,
    rollovers: 0,
  }),
  connections: ({ server }) => ({
    current: server.connectionCount,
    available: CONNECTIONS_MAX - server.connectionCount,
    totalCreated: server.connectionsCreated,
    rejected: 0,
    active: Math.min(server.waiting.size + 1, server.connectionCount),
    threaded: server.connectionCount,
    exhaustIsMaster: 0,
    exhaustHello: 0,
    awaitingTopologyChanges: 0,
  }),
  extra_info: () => ({ note: 'fields vary by platform', page_faults: 0 }),
  globalLock: globalLockSection,
  logicalSessionRecordCache: ({ server }) => ({
    activeSessionsCount: server.sessions.size,
    sessionCatalogSize: server.sessions.size,
  }),
  network: ({ server }) => {
    const { bytesIn, bytesOut, numRequests } = server.services.metrics.network
    return counts({
      bytesIn,
      bytesOut,
      physicalBytesIn: bytesIn,
      physicalBytesOut: bytesOut,
      numSlowDNSOperations: 0,
      numSlowSSLOperations: 0,
      numRequests,
    })
  },
  opLatencies: ({ server, command }) => {
    const { opLatencies } = command
    const histograms = isDocument(opLatencies) && isTrue(opLatencies['histograms'])
    return server.usage.latencies({ histograms })
  },
  opcounters: ({ server }) => counts(server.services.metrics.opcounters),
  opcountersRepl: ({ server }) =>
    server.identity.isReplicaSet
      ? { insert: 0, query: 0, update: 0, delete: 0, getmore: 0, command: 0 }
      : undefined,
  repl: (invocation) => {
    const { server, op } = invocation
    if (server.replicaSet === undefined) return undefined
    const localTime = new Date(Math.floor(op.clock.now()))
    const fields = replicaSetFields(invocation, server.replicaSet, 'isWritablePrimary', localTime)
    return { ...fields, rbid: 1 }
  },
  storageEngine: storageEngineSection,
  transactions: transactionsSection,
  wiredTiger: wiredTigerSection,
  mem: () => ({ bits: 64, supported: false }),
  metrics: metricsSection,
}

/** Who runs, and who waits for a lock. Source: global_lock_server_status.cpp (8.0). */
function globalLockSection(invocation: Invocation): Document {
  const running = [...invocation.server.waiting.values()]
  const queued = running.filter(({ op }) => op.waitsForLock)
  return {
    totalTime: int64(Math.floor(invocation.op.clock.elapsedUs())),
    currentQueue: byKind(queued),
    activeClients: byKind(running),
  }
}

function byKind(invocations: readonly Invocation[]): Document {
  const writers = invocations.filter(({ descriptor }) => descriptor.writes).length
  return { total: invocations.length, readers: invocations.length - writers, writers }
}
