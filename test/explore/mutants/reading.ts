/** Engines that show transactions what they should not see, or hide what they should. */
import { TransactionParticipant } from '../../../src/engine/transaction/participant.ts'
import type { ReadView } from '../../../src/storage/read_view.ts'
import { Scan } from '../../../src/storage/scan.ts'
import type { Snapshot } from '../../../src/storage/snapshot.ts'
import { StorageTransaction } from '../../../src/storage/transaction.ts'
import { ABORTED, NO_TXN, RESERVE, TOMBSTONE, type Update } from '../../../src/storage/update.ts'
import type { MethodPatch, Mutant } from './mutant.ts'

type Chain = Update<unknown> | undefined
type VisibleUpdate = (head: Chain, view: ReadView) => Chain

export const dirtyRead: Mutant = {
  name: 'dirty read',
  fault: 'reads find the newest version, whether its author has committed or not',
  functions: {
    visibleUpdate: () => (head: Chain) => {
      let update = head
      while (update !== undefined && (update.txnId === ABORTED || update.type === RESERVE)) {
        update = update.next
      }
      return update
    },
  },
}

export const forgetsOpenWriters: Mutant = {
  name: 'snapshot forgets who is open',
  fault: 'a snapshot includes whoever had written before it, committed or not',
  functions: {
    snapshotIncludes:
      () =>
      ({ max }: Snapshot, id: number) =>
        id < max,
  },
}

export const ownWritesInvisible: Mutant = {
  name: 'own writes invisible',
  fault: 'a transaction reads what was there before its own writes',
  functions: {
    visibleUpdate: (original) => (head: Chain, view: ReadView) => {
      const { id } = view
      view.id = NO_TXN
      try {
        return (original as VisibleUpdate)(head, view)
      } finally {
        view.id = id
      }
    },
  },
}

export const lostTombstone: Mutant = {
  name: 'lost tombstone',
  fault: 'reads pass over tombstones: what was deleted is still there',
  functions: {
    visibleUpdate: (original) => (head: Chain, view: ReadView) => {
      let update = (original as VisibleUpdate)(head, view)
      while (update?.type === TOMBSTONE) {
        update = (original as VisibleUpdate)(update.next, view)
      }
      return update
    },
  },
}

/** The participant's statements begin here. */
const atEachStatement = (
  act: (storage: StorageTransaction, isFirst: boolean) => void,
): MethodPatch => ({
  target: TransactionParticipant.prototype,
  method: 'unstash',
  replace: (original) =>
    function (this: TransactionParticipant, ...args: never[]) {
      const result = original.apply(this, args)
      if (this.isOpen) act(this.storage, false)
      return result
    },
})

export const nonRepeatableRead: Mutant = {
  name: 'non-repeatable read',
  fault: 'each statement of a transaction takes a snapshot of its own',
  methods: [atEachStatement((storage) => storage.refreshSnapshot())],
}

export const lateSnapshot: Mutant = {
  name: 'snapshot taken late',
  fault: 'the snapshot that counts is taken at the first write, not at the first read',
  methods: (['insert', 'put', 'update', 'remove'] as const).map((method) => ({
    target: StorageTransaction.prototype,
    method,
    replace: (original) =>
      function (this: StorageTransaction, ...args: never[]) {
        if (this.id === NO_TXN) this.refreshSnapshot()
        return original.apply(this, args)
      },
  })),
}

/** Scans of tables of index entries. */
const overIndexes = new WeakMap<object, StorageTransaction>()

const readingNow = (method: 'next' | 'take'): MethodPatch => ({
  target: Scan.prototype,
  method,
  replace: (original) =>
    function (this: object, ...args: never[]) {
      const transaction = overIndexes.get(this)
      if (transaction === undefined) return original.apply(this, args)
      const { snapshot } = transaction
      transaction.snapshot = undefined
      transaction.takeSnapshot()
      try {
        return original.apply(this, args)
      } finally {
        transaction.releaseSnapshot()
        transaction.snapshot = snapshot
      }
    },
})

export const staleIndexEntry: Mutant = {
  name: 'index read at another moment',
  fault: 'documents are read by the snapshot, index entries as they are now',
  methods: [
    {
      target: StorageTransaction.prototype,
      method: 'scan',
      replace: (original) =>
        function (this: StorageTransaction, ...args: never[]) {
          const scan = original.apply(this, args) as object
          const { options } = args[0] as unknown as { options: { keys: string } }
          if (options.keys === 'string') overIndexes.set(scan, this)
          return scan
        },
    },
    readingNow('next'),
    readingNow('take'),
  ],
}
