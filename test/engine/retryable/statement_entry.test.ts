import { Timestamp } from 'bson'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StatementChain, StatementEntry } from '../../../src/engine/retryable/statement_entry.ts'

const time = new Timestamp({ t: 1, i: 1 })

/** One unit of work: entries linked to each other and to those before. */
function unit(chain: StatementChain, stmtIds: readonly number[]): StatementEntry {
  let newest = chain.newest
  for (const stmtId of stmtIds)
    newest = new StatementEntry({ stmtId, op: 'u', time, previous: newest })
  return newest!
}

test('a chain finds what was added to it, short or long, and nothing else', () => {
  const units = fc.array(fc.array(fc.nat(60), { minLength: 1, maxLength: 7 }), { maxLength: 8 })
  fc.assert(
    fc.property(units, fc.boolean(), (added, asksEarly) => {
      const chain = new StatementChain()
      const model = new Map<number, StatementEntry>()
      for (const stmtIds of added) {
        const newest = unit(chain, stmtIds)
        const entries: StatementEntry[] = []
        for (let at = newest; at !== chain.newest; at = at.previous!) entries.unshift(at)
        chain.extend(newest)
        for (const entry of entries) if (!model.has(entry.stmtId)) model.set(entry.stmtId, entry)
        if (asksEarly) chain.find(0)
      }
      for (let id = 0; id <= 60; id++) {
        expect(chain.find(id)?.stmtId).toBe(model.has(id) ? id : undefined)
      }
    }),
  )
})

test('a chain goes on from what was stored, and begins anew', () => {
  const chain = new StatementChain()
  const stored = unit(chain, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  chain.reset(stored)
  expect([chain.find(9), chain.find(0)?.stmtId, chain.find(10)]).toEqual([stored, 0, undefined])
  chain.extend(unit(chain, [10]))
  expect(chain.find(10)?.stmtId).toBe(10)
  chain.reset(undefined)
  expect(chain.find(9)).toBeUndefined()
})
