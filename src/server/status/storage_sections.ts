import { Timestamp } from 'bson'
import type { Document } from '../../bson/index.ts'
import type { Invocation } from '../invocation.ts'
import { counts } from './numbers.ts'

/** Source: storage_engine server status section, storage_init.cpp (8.0). */
export function storageEngineSection(): Document {
  return {
    name: 'wiredTiger',
    supportsCommittedReads: true,
    oldestRequiredTimestampForCrashRecovery: new Timestamp({ t: 0, i: 0 }),
    supportsPendingDrops: true,
    dropPendingIdents: 0,
    supportsSnapshotReadConcern: true,
    readOnly: false,
    persistent: false,
    backupCursorOpen: false,
  }
}

/**
 * What storage counts, under the names that WiredTiger's own statistics have (dist/stat_data.py);
 * those that there is nothing to count of are left out.
 */
export function wiredTigerSection({ server }: Invocation): Document {
  const s = server.services.store.statistics()
  return {
    uri: 'statistics:',
    cache: counts({
      'bytes currently in the cache': s.cacheBytesInuse,
      'maximum bytes configured': s.cacheBytesMax,
      'tracked dirty bytes in the cache': s.cacheUpdatesTxnUncommittedBytes,
    }),
    cursor: counts({
      'cursor insert calls': s.cursorInsert,
      'cursor modify calls': s.cursorModify,
      'cursor next calls': s.cursorNext,
      'cursor prev calls': s.cursorPrev,
      'cursor remove calls': s.cursorRemove,
      'cursor reserve calls': s.cursorReserve,
      'cursor reset calls': s.cursorReset,
      'cursor search calls': s.cursorSearch,
      'cursor search near calls': s.cursorSearchNear,
      'cursor truncate calls': s.cursorTruncate,
      'cursor update calls': s.cursorUpdate,
    }),
    transaction: counts({
      'transaction begins': s.txnBegin,
      'transaction range of IDs currently pinned': s.txnPinnedRange,
      'transactions committed': s.txnCommit,
      'transactions rolled back': s.txnRollback,
      'update conflicts': s.txnUpdateConflict,
    }),
  }
}
