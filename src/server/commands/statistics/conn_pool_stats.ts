import type { Document } from '../../../bson/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'

/**
 * Connections from this server to others: a set of one has none. Source: conn_pool_stats.cpp (8.0).
 */
export const connPoolStats = {
  name: 'connPoolStats',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  countsAsCommand: true,
  run(): Document {
    return {
      numClientConnections: 0,
      numAScopedConnections: 0,
      totalInUse: 0,
      totalAvailable: 0,
      totalLeased: 0,
      totalCreated: 0,
      totalRefreshing: 0,
      totalRefreshed: 0,
      pools: {},
      hosts: {},
      replicaSets: {},
      ok: 1,
    }
  },
} as const satisfies CommandDescriptor
