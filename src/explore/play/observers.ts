import type { Services } from '../../engine/index.ts'
import type { ObservedTable, StorageTransaction, StoreObserver } from '../../storage/index.ts'
import type { Footprints } from '../footprint/footprints.ts'
import type { HistoryRecorder } from '../history/recorder.ts'

/**
 * What listens to a simulator while a schedule is played: the history, and the footprints of steps
 * where a strategy needs them.
 */
export class Observers {
  history: HistoryRecorder | undefined = undefined
  footprints: Footprints | undefined = undefined

  attach(services: Services): void {
    const { history, footprints } = this
    services.hooks.observer = history
    if (footprints === undefined) services.store.observer = history && storeObserverOf(history)
    else {
      for (const table of tablesOfSessions(services)) footprints.ignore(table)
      services.store.observer = both(history, footprints)
    }
  }
}

/** The history wants to know of transactions only, not of every key. */
function storeObserverOf(history: HistoryRecorder): StoreObserver {
  return {
    began: (transaction) => history.began(transaction),
    read: nothing,
    scanned: nothing,
    wrote: nothing,
    committed: (transaction) => history.committed(transaction),
    rolledBack: (transaction) => history.rolledBack(transaction),
  }
}

function both(history: HistoryRecorder | undefined, footprints: Footprints): StoreObserver {
  return {
    began(transaction: StorageTransaction) {
      history?.began(transaction)
      footprints.began(transaction)
    },
    read: (transaction, table: ObservedTable, key) => footprints.read(transaction, table, key),
    scanned: (transaction, table, range) => footprints.scanned(transaction, table, range),
    wrote: (transaction, table, key) => footprints.wrote(transaction, table, key),
    committed(transaction) {
      history?.committed(transaction)
      footprints.committed(transaction)
    },
    rolledBack(transaction) {
      history?.rolledBack(transaction)
      footprints.rolledBack(transaction)
    },
  }
}

/** What a session leaves behind there concerns nobody else. */
function tablesOfSessions({ catalog, sessionRecords }: Services): ObservedTable[] {
  const tables = [sessionRecords.table as unknown as ObservedTable]
  for (const name of ['transactions', 'image_collection']) {
    const collection = catalog.latest('config', name)
    if (collection === undefined) continue
    tables.push(collection.records as never, collection.idIndex.table as never)
  }
  return tables
}

function nothing(): void {}
