/**
 * Writing. Each operation asks its questions in WiredTiger's order (`bt_cursor.c`), because a
 * caller can tell: an insert of a visible key is a duplicate even if somebody has changed the key
 * since, while an update of it is a conflict.
 *
 *                     key was ever there                               key was never there
 *     insert          visible? DUPLICATE_KEY -> conflict? ROLLBACK     write
 *     put             conflict? ROLLBACK                               write
 *     update, reserve conflict? ROLLBACK -> not visible? NOTFOUND      NOTFOUND
 *     remove          conflict? ROLLBACK -> not visible? NOTFOUND      NOTFOUND
 *
 * Whether the transaction may write at all (`mayWrite`) is asked last: WiredTiger asks it when it
 * gives out the id. A prepared update met on the way is `WT_ROLLBACK` without a reason.
 */
import { invariant } from '../invariant.ts'
import {
  ENOTSUP,
  OK,
  type ReturnCode,
  WT_CACHE_FULL,
  WT_DUPLICATE_KEY,
  WT_MODIFY_READ_UNCOMMITTED,
  WT_NOTFOUND,
  WT_OLDEST_FOR_EVICTION,
  WT_PREPARE_CONFLICT,
  WT_ROLLBACK,
} from './codes.ts'
import { ModifiedRow } from './modified_row.ts'
import { timesForWrite } from './stamps.ts'
import type { Table } from './table.ts'
import type { StorageTransaction } from './transaction.ts'
import {
  DeltaUpdate,
  MODIFY,
  NO_TXN,
  newestLive,
  RESERVE,
  type Row,
  STANDARD,
  TOMBSTONE,
  Update,
  type UpdateType,
} from './update.ts'
import { findWriteConflict, isVisible } from './visibility.ts'

type Key = string | number

export function insertRow<K extends Key, V>(
  txn: StorageTransaction,
  table: Table<K, V>,
  key: K,
  value: V,
): ReturnCode {
  const refused = refuseForSpace(txn, table)
  if (refused !== OK) return refused
  txn.context.counters.cursorInsert++
  // As in `overwriteRow`.
  const row = mayWrite(txn) === OK ? table.findOrAdd(key) : table.find(key)
  if (row === undefined) return txn.fail(ENOTSUP)
  if (isNew(row)) return install(txn, table, row, STANDARD, value)
  const seen = txn.read(row)
  if (seen === OK) return WT_DUPLICATE_KEY
  if (seen === WT_ROLLBACK) txn.subLevelError = WT_MODIFY_READ_UNCOMMITTED
  if (seen !== WT_NOTFOUND) return txn.fail(WT_ROLLBACK)
  return modifyRow(txn, table, row, STANDARD, value)
}

export function putRow<K extends Key, V>(
  txn: StorageTransaction,
  table: Table<K, V>,
  key: K,
  value: V,
): ReturnCode {
  txn.context.counters.cursorInsert++
  return overwriteRow(txn, table, key, value)
}

/** Sets a key without counting whose operation it is part of. */
export function overwriteRow<K extends Key, V>(
  txn: StorageTransaction,
  table: Table<K, V>,
  key: K,
  value: V,
): ReturnCode {
  const refused = refuseForSpace(txn, table)
  if (refused !== OK) return refused
  // A new row must not be left without a version, so ask before making one. Looking first whether
  // there is one would descend twice into a tree for what is most often a new key.
  if (mayWrite(txn) !== OK) {
    const there = table.find(key)
    return there === undefined ? txn.fail(ENOTSUP) : modifyRow(txn, table, there, STANDARD, value)
  }
  const row = table.findOrAdd(key)
  if (isNew(row)) return install(txn, table, row, STANDARD, value)
  return modifyRow(txn, table, row, STANDARD, value)
}

export function updateRow<K extends Key, V>(
  txn: StorageTransaction,
  table: Table<K, V>,
  key: K,
  value: V,
): ReturnCode {
  txn.context.counters.cursorUpdate++
  const refused = refuseForSpace(txn, table)
  return refused === OK ? changeRow(txn, table, key, STANDARD, value) : refused
}

export function reserveRow<K extends Key, V>(
  txn: StorageTransaction,
  table: Table<K, V>,
  key: K,
): ReturnCode {
  txn.context.counters.cursorReserve++
  const refused = refuseForSpace(txn, table)
  return refused === OK ? changeRow(txn, table, key, RESERVE, undefined) : refused
}

/** Removes do not ask for space: they are how space comes back. */
export function removeRow<K extends Key, V>(
  txn: StorageTransaction,
  table: Table<K, V>,
  key: K,
): ReturnCode {
  txn.context.counters.cursorRemove++
  const refused = refuseForEviction(txn)
  return refused === OK ? changeRow(txn, table, key, TOMBSTONE, undefined) : refused
}

/** A change of what must be there: the conflict first, or conflicts would go unseen. */
export function changeRow<K extends Key, V>(
  txn: StorageTransaction,
  table: Table<K, V>,
  key: K,
  type: UpdateType,
  value: V | undefined,
): ReturnCode {
  const row = table.find(key)
  if (row === undefined) return WT_NOTFOUND
  const blocked = checkConflict(txn, table, row)
  if (blocked !== OK) return blocked
  const seen = txn.read(row)
  if (seen === WT_NOTFOUND) return WT_NOTFOUND
  // That a value can't be put together (WT_ROLLBACK) does not matter to one who only asks if it
  // is there.
  if (seen === WT_PREPARE_CONFLICT) return txn.fail(WT_ROLLBACK)
  return modifyRow(txn, table, row, type, value)
}

/** Puts an update into a row that is there, whether the writer sees a value or not. */
export function modifyRow<K extends Key, V>(
  txn: StorageTransaction,
  table: Table<K, V>,
  row: Row<K, V>,
  type: UpdateType,
  value: V | undefined,
  deltaBytes = 0,
): ReturnCode {
  const blocked = checkConflict(txn, table, row)
  if (blocked !== OK) return blocked
  // Deleting what the newest update has deleted: at levels that skip the conflict, not even one's
  // own.
  if (type === TOMBSTONE && newestLive(row.head)?.type === TOMBSTONE) return WT_NOTFOUND
  const forbidden = mayWrite(txn)
  if (forbidden !== OK) return txn.fail(forbidden)
  return install(txn, table, row, type, value, deltaBytes)
}

/** Nothing to see in it for anybody, nor to conflict with. */
function isNew(row: Row<unknown, unknown>): boolean {
  return row.head === undefined && row.settled === undefined
}

/** Levels below snapshot look for no conflict: they may not write anyway. */
function checkConflict<K extends Key, V>(
  txn: StorageTransaction,
  table: Table<K, V>,
  row: Row<K, V>,
): ReturnCode {
  if (txn.isolation !== 'snapshot') return OK
  const holder = findWriteConflict(row.head, txn)
  return holder === undefined ? OK : txn.lose(table, row, holder.txnId)
}

/** Only snapshot isolation writes, and not where prepared updates are ignored. */
function mayWrite(txn: StorageTransaction): ReturnCode {
  return txn.isolation === 'snapshot' && !txn.readOnly ? OK : ENOTSUP
}

export function refuseForSpace<K extends Key, V>(
  txn: StorageTransaction,
  table: Table<K, V>,
): ReturnCode {
  const { cache } = txn.context
  if (cache === undefined) return OK
  if (cache.isFull && !table.ignoresCacheSize) return txn.fail(WT_CACHE_FULL)
  return refuseForEviction(txn)
}

/**
 * Under pressure, whoever keeps the oldest versions alive is rolled back. As in MongoDB's build of
 * WiredTiger, only a transaction that has written is (`txn.c:__wt_txn_is_blocking`).
 */
export function refuseForEviction(txn: StorageTransaction): ReturnCode {
  const { cache, counters, transactions } = txn.context
  if (cache === undefined || !cache.needsEviction) return OK
  if (txn.state !== 'active' || txn.modificationCount === 0) return OK
  const oldestId = transactions.oldestId()
  if (txn.id === oldestId) counters.txnRollbackOldestId++
  else if (txn.snapshot?.min === oldestId) counters.txnRollbackOldestPinned++
  else return OK
  txn.subLevelError = WT_OLDEST_FOR_EVICTION
  return txn.fail(WT_ROLLBACK)
}

/** The one place where a chain grows. All questions have been asked. */
function install<K extends Key, V>(
  txn: StorageTransaction,
  table: Table<K, V>,
  row: Row<K, V>,
  type: UpdateType,
  value: V | undefined,
  deltaBytes = 0,
): ReturnCode {
  const { context } = txn
  const { counters } = context
  invariant(
    (value !== undefined) === (type !== TOMBSTONE && type !== RESERVE),
    'values have values',
  )
  context.journal?.note(table, row)
  const times = context.timestamps.inUse ? timesForWrite(txn, table, row.head) : undefined
  // What was rolled back is only dropped here, where it would be in the middle of the chain.
  let below = row.head
  while (below !== undefined && below.txnId < NO_TXN) {
    const next: Update<V> | undefined = below.next
    context.reclaimer.forget(below.value)
    below = next
  }
  invariant(below === undefined || isVisible(below, txn), 'nobody writes over what they do not see')
  if (txn.id === NO_TXN) context.transactions.giveId(txn)
  const update =
    type === MODIFY
      ? new DeltaUpdate<V>(txn.id, value, below, times, deltaBytes)
      : new Update<V>(txn.id, type, value, below, times)
  row.head = update
  txn.lastModified = new ModifiedRow(table, row, update, txn.lastModified)
  txn.modificationCount++
  counters.updates++
  counters.cacheUpdatesTxnUncommittedCount++
  if (context.cache !== undefined) {
    const costBytes = context.cache.add(value)
    txn.uncommittedBytes += costBytes
    counters.cacheUpdatesTxnUncommittedBytes += costBytes
  }
  return OK
}
