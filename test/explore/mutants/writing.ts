/** Engines that let writers past each other. */
import type { Index } from '../../../src/engine/catalog/index_definition.ts'
import type { NewEntry } from '../../../src/engine/index/entry.ts'
import type { OperationContext } from '../../../src/engine/operation_context.ts'
import { OK, WT_ROLLBACK } from '../../../src/storage/index.ts'
import type { ReadView } from '../../../src/storage/read_view.ts'
import { StorageTransaction } from '../../../src/storage/transaction.ts'
import type { TransactionTable } from '../../../src/storage/transaction_table.ts'
import type { Update } from '../../../src/storage/update.ts'
import type { Mutant } from './mutant.ts'

type Chain = Update<unknown> | undefined
type FindWriteConflict = (head: Chain, view: ReadView) => Chain

export const noConflictCheck: Mutant = {
  name: 'no conflict check',
  fault: 'nobody is ever in the way of a write',
  functions: { findWriteConflict: () => () => undefined },
}

export const blindToCommitted: Mutant = {
  name: 'conflicts with open writers only',
  fault: 'a commit since the snapshot is in nobody’s way',
  functions: {
    findWriteConflict: (original) => (head: Chain, view: ReadView) => {
      const holder = (original as FindWriteConflict)(head, view)
      if (holder === undefined) return undefined
      const { transactions } = view as unknown as { transactions: TransactionTable }
      return transactions.hasCommitted(holder.txnId) ? undefined : holder
    },
  },
}

export const blindToOpen: Mutant = {
  name: 'conflicts with committed writers only',
  fault: 'an open transaction that wrote the document is in nobody’s way',
  functions: {
    findWriteConflict: (original) => (head: Chain, view: ReadView) => {
      const holder = (original as FindWriteConflict)(head, view)
      if (holder === undefined) return undefined
      const { transactions } = view as unknown as { transactions: TransactionTable }
      return transactions.hasCommitted(holder.txnId) ? holder : undefined
    },
  },
}

export const lostDelete: Mutant = {
  name: 'a delete that loses says it won',
  fault: 'a delete that meets a conflict does nothing and reports that it is done',
  methods: [
    {
      target: StorageTransaction.prototype,
      method: 'remove',
      replace: (original) =>
        function (this: StorageTransaction, ...args: never[]) {
          const code = original.apply(this, args)
          if (code !== WT_ROLLBACK) return code
          this.failed = false
          return OK
        },
    },
  ],
}

export const uncheckedUnique: Mutant = {
  name: 'unique index not checked against concurrent',
  fault: 'a unique index refuses what its writer sees, and not what others insert meanwhile',
  functions: {
    insertEntry:
      (original) =>
      (op: OperationContext, collection: never, index: Index, entry: NewEntry): unknown => {
        const insert = original as (...args: unknown[]) => unknown
        const { key } = entry
        const isThere = op.storage.scan(index.table, { lower: key, upper: `${key}\xff` }).next()
        if (!index.refusesDuplicates || isThere) return insert(op, collection, index, entry)
        const unguarded = Object.create(index, { refusesDuplicates: { value: false } })
        return insert(op, collection, unguarded, entry)
      },
  },
}
