import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../src/invariant.ts'
import { TRANSITIONS, type TransactionState } from '../../src/storage/index.ts'
import { checkTransition } from '../../src/storage/transaction_state.ts'

const STATES = Object.keys(TRANSITIONS) as TransactionState[]

describe('the states of a transaction', () => {
  it('are drawn in the header as they are in the table', () => {
    const url = new URL('../../src/storage/transaction_state.ts', import.meta.url)
    const header = readFileSync(url, 'utf8').split('export type')[0] as string
    const drawn = [...header.matchAll(/(\w+) -> (\w+)/g)].map(([, from, to]) => `${from} ${to}`)
    const listed = STATES.flatMap((from) => TRANSITIONS[from].map((to) => `${from} ${to}`))
    expect(drawn.sort()).toEqual(listed.sort())
  })

  it('change only as the table says', () => {
    for (const from of STATES) {
      for (const to of STATES) {
        const change = (): void => checkTransition(from, to)
        if (TRANSITIONS[from].includes(to)) expect(change).not.toThrow()
        else expect(change).toThrow(InvariantError)
      }
    }
  })
})
