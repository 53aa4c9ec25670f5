import { Decimal128, Double, Long } from 'bson'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { type Bench, commit, continuing, insertOne, makeBench, starting } from '../harness.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.stop())

const DOCUMENTS: Document[] = [
  { _id: 1, a: 1, tags: ['x', 'y'], sub: [{ b: 1 }, { b: [2, 3] }, 7] },
  { _id: 2, a: Long.fromNumber(1), tags: 'x', sub: { b: 3 } },
  { _id: 3, a: new Double(2), tags: [['x', 'y']], grid: [[{ c: 5 }], { c: 6 }] },
  { _id: 4, a: Decimal128.fromString('2.0'), tags: [] },
  { _id: 5, a: null },
  { _id: 6, tags: [null, { k: 1 }, { k: Long.ONE }] },
]

// Source: `extractAllElementsAlongPath`, dotted_path_support_test.cpp (8.0)
it.each<[string, Document, unknown[]]>([
  ['a', {}, [1, new Double(2), null]],
  ['tags', {}, ['x', 'y', ['x', 'y'], null, { k: 1 }]],
  ['sub.b', {}, [1, 2, 3]],
  ['sub.1.b', {}, [2, 3]],
  ['tags.0', {}, ['x', 'y', null]],
  ['grid.0.0.c', {}, [5]],
  ['grid.c', {}, [6]],
  ['nosuch', {}, []],
  ['_id', { query: { a: { $gte: 2 } } }, [3, 4]],
  ['_id', { query: null }, [1, 2, 3, 4, 5, 6]],
  ['_id', { hint: '_id_' }, [1, 2, 3, 4, 5, 6]],
])('distinct %s %j', async (key, fields, values) => {
  await bench.run({ insert: 'demo', documents: DOCUMENTS })
  expect(await bench.run({ distinct: 'demo', key, ...fields })).toEqual({ values, ok: 1 })
})

it('of a collection that is not there: nothing', async () => {
  expect(await bench.run({ distinct: 'nosuch', key: 'a' })).toEqual({ values: [], ok: 1 })
})

it.each([
  [{}, 40414, "BSON field 'distinct.key' is missing but a required field"],
  [{ key: 1 }, 14, "BSON field 'distinct.key' is the wrong type 'int', expected type 'string'"],
  [{ key: 'a\0' }, 31032, 'Key field cannot contain an embedded null byte'],
  [{ key: 'a', query: { $nosuch: 1 } }, 2, 'unknown top level operator: $nosuch'],
  [{ key: 'a', nosuch: 1 }, 40415, "BSON field 'distinct.nosuch' is an unknown field."],
  [{ key: 'a', collation: { strength: 2 } }, 40414, "BSON field 'collation.locale' is missing"],
])('distinct %j is refused', async (fields, code, errmsg) => {
  const reply = await bench.run({ distinct: 'demo', ...fields })
  expect(reply).toMatchObject({ ok: 0, code })
  expect(reply['errmsg']).toContain(errmsg)
})

it('is no part of the stable API', async () => {
  const fields = { apiVersion: '1', apiStrict: true }
  const reply = await bench.run({ distinct: 'demo', key: 'a', ...fields })
  expect(reply).toMatchObject({ ok: 0, code: 323 })
})

it('answers more than 16 MiB with an error', async () => {
  for (let i = 0; i < 17; i++) {
    await bench.run(insertOne({ _id: i, text: `${i}`.repeat(1024 * 1024).slice(0, 1024 * 1024) }))
  }
  const reply = await bench.run({ distinct: 'demo', key: 'text' })
  expect(reply).toMatchObject({ ok: 0, code: 17217, errmsg: 'distinct too big, 16mb cap' })
})

it('in a transaction: what its snapshot and its own writes show', async () => {
  await bench.run(insertOne({ _id: 1, a: 1 }))
  await bench.run(starting(1, 1, insertOne({ _id: 2, a: 2 })))
  await bench.run(insertOne({ _id: 3, a: 3 }))
  const distinct = { distinct: 'demo', key: 'a' }
  const within = await bench.run(continuing(1, 1, distinct))
  expect(within).toMatchObject({ values: [1, 2], ok: 1 })
  await bench.run(commit(1, 1))
  expect(await bench.run(distinct)).toEqual({ values: [1, 2, 3], ok: 1 })
})
