import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ReturnCode,
  returnCodeName,
  type StorageTransaction,
  Store,
  type Table,
  type TableOptions,
} from '../../src/storage/index.ts'
import { NaiveStore, type Op } from './naive_model.ts'

const ACTORS = 4
const key = fc.constantFrom('a', 'b', 'c', 'd')
const value = fc.constantFrom('1', '2', '3')

const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constantFrom('commit', 'rollback') }) },
  { weight: 6, arbitrary: fc.record({ op: fc.constantFrom('get', 'remove', 'reserve'), key }) },
  {
    weight: 9,
    arbitrary: fc.record({ op: fc.constantFrom('insert', 'put', 'update'), key, value }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('scan') }) },
) as fc.Arbitrary<Op>

const schedule = fc.array(fc.tuple(fc.nat({ max: ACTORS - 1 }), op), { maxLength: 80 })

function perform(transaction: StorageTransaction, table: Table<string, string>, step: Op): string {
  switch (step.op) {
    case 'rollback':
      transaction.rollback()
      return 'OK'
    case 'get':
      return transaction.get(table, step.key) ?? 'WT_NOTFOUND'
    case 'scan': {
      const rows: string[] = []
      const scan = transaction.scan(table)
      while (scan.next()) rows.push(`${scan.key}=${scan.value}`)
      return rows.join(' ')
    }
    default:
      return returnCodeName(write(transaction, table, step))
  }
}

function write(
  transaction: StorageTransaction,
  table: Table<string, string>,
  step: Op,
): ReturnCode {
  switch (step.op) {
    case 'commit':
      return transaction.commit()
    case 'remove':
      return transaction.remove(table, step.key)
    case 'reserve':
      return transaction.reserve(table, step.key)
    case 'insert':
    case 'put':
    case 'update':
      return transaction[step.op](table, step.key, step.value)
    default:
      throw new Error(`not a write: ${step.op}`)
  }
}

describe.each<Pick<TableOptions, 'ordered'>>([{ ordered: 'lazy' }, { ordered: 'eager' }])(
  'random transactions on a table in $ordered order',
  (options) => {
    it('do what they do in a store that copies everything at every begin', () => {
      fc.assert(
        fc.property(schedule, (steps) => {
          const naive = new NaiveStore()
          const store = new Store()
          const table = store.createTable<string, string>({ name: 't', keys: 'string', ...options })
          const open = new Map<number, StorageTransaction>()
          for (const [actor, step] of steps) {
            if (!naive.isOpen(actor)) {
              naive.perform(actor, { op: 'begin' })
              open.set(actor, store.begin())
            }
            const transaction = open.get(actor) as StorageTransaction
            const expected = naive.perform(actor, step)
            expect(`${step.op}: ${perform(transaction, table, step)}`).toBe(
              `${step.op}: ${expected}`,
            )
          }
          for (const transaction of open.values()) {
            if (transaction.state === 'active') transaction.rollback()
          }
          const reader = store.begin()
          expect(perform(reader, table, { op: 'scan' })).toBe(
            [...naive.committed]
              .sort()
              .map(([k, v]) => `${k}=${v}`)
              .join(' '),
          )
          reader.commit()
          expect(store.statistics()).toMatchObject({
            txnUpdateConflict: naive.conflicts,
            openTransactions: 0,
            pinnedUpdates: 0,
            txnPinnedRange: 0,
          })
          table.sweep()
          expect(table.rowCount).toBe(naive.committed.size)
        }),
        { numRuns: 500 },
      )
    })
  },
)
