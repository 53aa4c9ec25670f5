import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  TRANSITIONS,
  Transaction,
  type TransactionState,
} from '../../../src/client/session/transaction.ts'

const STATES = Object.keys(TRANSITIONS) as TransactionState[]
const NO_OPTIONS = {
  readConcern: undefined,
  writeConcern: undefined,
  readPreference: undefined,
  maxCommitTimeMS: undefined,
}

/** How to get into each state. */
const ROADS: Record<TransactionState, readonly TransactionState[]> = {
  NO_TRANSACTION: [],
  STARTING_TRANSACTION: ['STARTING_TRANSACTION'],
  TRANSACTION_IN_PROGRESS: ['STARTING_TRANSACTION', 'TRANSACTION_IN_PROGRESS'],
  TRANSACTION_COMMITTED: ['STARTING_TRANSACTION', 'TRANSACTION_COMMITTED'],
  TRANSACTION_COMMITTED_EMPTY: ['STARTING_TRANSACTION', 'TRANSACTION_COMMITTED_EMPTY'],
  TRANSACTION_ABORTED: ['STARTING_TRANSACTION', 'TRANSACTION_ABORTED'],
}

function transactionIn(state: TransactionState): Transaction {
  const transaction = new Transaction(NO_OPTIONS)
  for (const next of ROADS[state]) transaction.transitionTo(next)
  return transaction
}

test('the diagram at the top of the file is the table', () => {
  const source = new URL('../../../src/client/session/transaction.ts', import.meta.url)
  const drawn = [...readFileSync(source, 'utf8').matchAll(/^ \* +([A-Z_]+) ─> ([A-Z_]+)/gm)]
  const arrows = drawn.map(([, from, to]) => `${from} > ${to}`)
  const table = STATES.flatMap((from) => TRANSITIONS[from].map((to) => `${from} > ${to}`))
  expect(arrows.toSorted()).toEqual(table.toSorted())
})

describe.each(STATES)('from %s', (from) => {
  test.each(STATES)('to %s', (to) => {
    const transaction = transactionIn(from)
    if (TRANSITIONS[from].includes(to)) {
      transaction.transitionTo(to)
      expect(transaction.state).toBe(to)
    } else {
      expect(() => transaction.transitionTo(to)).toThrow(`goes from ${from} to ${to}`)
    }
  })
})

// Source: specifications, transactions: what a state allows the caller to ask for.
test.each`
  state                            | active   | starting | committed
  ${'NO_TRANSACTION'}              | ${false} | ${false} | ${false}
  ${'STARTING_TRANSACTION'}        | ${true}  | ${true}  | ${false}
  ${'TRANSACTION_IN_PROGRESS'}     | ${true}  | ${false} | ${false}
  ${'TRANSACTION_COMMITTED'}       | ${false} | ${false} | ${true}
  ${'TRANSACTION_COMMITTED_EMPTY'} | ${false} | ${false} | ${true}
  ${'TRANSACTION_ABORTED'}         | ${false} | ${false} | ${true}
`('$state: active $active, starting $starting, ended $committed', (row) => {
  const { isActive, isStarting, isCommitted } = transactionIn(row.state)
  expect([isActive, isStarting, isCommitted]).toEqual([row.active, row.starting, row.committed])
})
