/** Engines whose transactions do not end as one. */
import { TransactionParticipant } from '../../../src/engine/transaction/participant.ts'
import { WT_ROLLBACK } from '../../../src/storage/index.ts'
import { StorageTransaction } from '../../../src/storage/transaction.ts'
import { ABORTED } from '../../../src/storage/update.ts'
import type { MethodPatch, Mutant } from './mutant.ts'

/** Whether it is a user's, with a commit of its own, and not that of a plain statement. */
function isOfUser({ owner }: StorageTransaction): boolean {
  return owner instanceof TransactionParticipant
}

export const conflictWithoutAbort: Mutant = {
  name: 'conflict that does not abort',
  fault: 'after a write conflict the transaction goes on, and commits the rest',
  methods: [
    {
      target: TransactionParticipant.prototype,
      method: 'abort',
      replace: (original) =>
        function (this: TransactionParticipant, ...args: never[]) {
          if ((args[0] as unknown as string) !== 'error') original.apply(this, args)
        },
    },
    {
      target: StorageTransaction.prototype,
      method: 'fail',
      replace: (original) =>
        function (this: StorageTransaction, ...args: never[]) {
          return (args[0] as unknown as number) === WT_ROLLBACK
            ? args[0]
            : original.apply(this, args)
        },
    },
  ],
}

export const partialCommit: Mutant = {
  name: 'partial commit',
  fault: 'a commit of several writes leaves the first one behind',
  methods: [
    {
      target: StorageTransaction.prototype,
      method: 'commit',
      replace: (original) =>
        function (this: StorageTransaction, ...args: never[]) {
          let first = this.lastModified
          while (first?.previous !== undefined) first = first.previous
          if (isOfUser(this) && first !== this.lastModified) first!.update.txnId = ABORTED
          return original.apply(this, args)
        },
    },
  ],
}

export const abortKeepsOne: Mutant = {
  name: 'abort that keeps one write',
  fault: 'an abort undoes all writes but the last',
  methods: [
    {
      target: StorageTransaction.prototype,
      method: 'rollback',
      replace: (original) =>
        function (this: StorageTransaction, ...args: never[]) {
          if (isOfUser(this)) this.lastModified = this.lastModified?.previous
          return original.apply(this, args)
        },
    },
  ],
}

const expired = new WeakSet<StorageTransaction>()

const EXPIRES: readonly MethodPatch[] = [
  {
    target: TransactionParticipant.prototype,
    method: 'abort',
    replace: (original) =>
      function (this: TransactionParticipant, ...args: never[]) {
        if ((args[0] as unknown as string) === 'expired') expired.add(this.storage)
        return original.apply(this, args)
      },
  },
  {
    target: StorageTransaction.prototype,
    method: 'rollback',
    replace: (original) =>
      function (this: StorageTransaction, ...args: never[]) {
        return expired.has(this) ? this.commit() : original.apply(this, args)
      },
  },
]

export const expiryThatCommits: Mutant = {
  name: 'expiry that commits',
  fault: 'a transaction past its lifetime is committed, as far as it got',
  methods: EXPIRES,
}
