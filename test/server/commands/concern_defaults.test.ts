/** Source: rwc_defaults_commands.cpp, read_write_concern_defaults.cpp (8.0). */
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { type Bench, documentsOf, findAll, insertOne, makeBench } from '../harness.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.stop())

const admin = (command: Document): Promise<Document> => bench.run({ ...command, $db: 'admin' })

const IMPLICIT = {
  defaultReadConcern: { level: 'local' },
  defaultWriteConcern: { w: 'majority', wtimeout: 0 },
  defaultWriteConcernSource: 'implicit',
  defaultReadConcernSource: 'implicit',
  localUpdateWallClockTime: new Date(0),
  ok: 1,
}

it('are those of the server at first', async () => {
  expect(await admin({ getDefaultRWConcern: 1 })).toEqual(IMPLICIT)
  const inMemory = await admin({ getDefaultRWConcern: 1, inMemory: true })
  expect(inMemory).toEqual({ ...IMPLICIT, inMemory: true })
})

it('are what operations run with, once set', async () => {
  await bench.clock.advance(5)
  const reply = await admin({
    setDefaultRWConcern: 1,
    defaultReadConcern: { level: 'majority' },
    defaultWriteConcern: { w: 1 },
  })
  expect(reply).toMatchObject({
    defaultReadConcern: { level: 'majority' },
    defaultWriteConcern: { w: 1, wtimeout: 0 },
    updateWallClockTime: new Date(5),
    defaultWriteConcernSource: 'global',
    defaultReadConcernSource: 'global',
  })
  await bench.run({ profile: 2 })
  await bench.run(insertOne({ _id: 1 }))
  await bench.run(findAll())
  const entries = documentsOf(await bench.run(findAll('system.profile')))
  expect(entries.find(({ op }) => op === 'insert')).toMatchObject({
    writeConcern: { w: 1, wtimeout: 0, provenance: 'customDefault' },
  })
  expect(entries.find(({ op }) => op === 'query')).toMatchObject({
    readConcern: { level: 'majority', provenance: 'customDefault' },
  })
  await admin({ setDefaultRWConcern: 1, defaultReadConcern: {} })
  expect(await admin({ getDefaultRWConcern: 1 })).toMatchObject({
    defaultReadConcernSource: 'implicit',
    defaultWriteConcern: { w: 1 },
  })
  expect(await admin({ setDefaultRWConcern: 1, defaultWriteConcern: {} })).toMatchObject({
    code: 20,
    errmsg: 'The global default write concern cannot be unset once it is set.',
  })
})

it.each([
  [{}, 2, /^At least one of the "defaultReadConcern" or "defaultWriteConcern" fields/],
  [{ defaultReadConcern: { level: 'snapshot' } }, 2, /^level: 'snapshot' is not suitable/],
  [{ defaultWriteConcern: { w: 0 } }, 2, /^Unacknowledged write concern is not suitable/],
  [{ defaultWriteConcern: { w: 2 } }, 100, /^Not enough data-bearing nodes/],
  [{ defaultWriteConcern: { w: 1, provenance: 'x' } }, 2, /must be unset in default write/],
])('%j make none', async (defaults, code, errmsg) => {
  const reply = await admin({ setDefaultRWConcern: 1, ...defaults })
  expect(reply).toMatchObject({ ok: 0, code, errmsg: expect.stringMatching(errmsg) })
  expect(await admin({ getDefaultRWConcern: 1 })).toEqual(IMPLICIT)
})

it('are none on a server by itself', async () => {
  const alone = makeBench({ persona: 'standalone' })
  expect(await alone.run({ getDefaultRWConcern: 1, $db: 'admin' })).toMatchObject({
    code: 51300,
    errmsg: "'getDefaultRWConcern' is not supported on standalone nodes.",
  })
  alone.stop()
})
