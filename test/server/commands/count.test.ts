import { Long } from 'bson'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { type Bench, makeBench, starting } from '../harness.ts'

let bench: Bench
beforeEach(async () => {
  bench = makeBench()
  const documents = [1, 2, 3, 4, 5].map((_id) => ({ _id, a: _id % 2, tags: [_id, 'x'] }))
  await bench.run({ insert: 'demo', documents })
})
afterEach(() => bench.stop())

it.each<[Document, number]>([
  [{}, 5],
  [{ query: {} }, 5],
  [{ query: null }, 5],
  [{ query: { a: 1 } }, 3],
  [{ query: { a: 1 }, limit: 2 }, 2],
  [{ query: { a: 1 }, limit: -2 }, 2],
  [{ query: { a: 1 }, skip: 1 }, 2],
  [{ query: { a: 1 }, skip: 1, limit: 1 }, 1],
  [{ query: { a: 1 }, skip: 9 }, 0],
  [{ skip: 1 }, 4],
  [{ skip: 1, limit: 2 }, 2],
  [{ skip: Long.fromNumber(9) }, 0],
  [{ limit: 2.9 }, 2],
  [{ query: { _id: 3 } }, 1],
  [{ hint: '_id_' }, 5],
  [{ fields: { a: 1 } }, 5],
])('count %j is %i', async (fields, n) => {
  expect(await bench.run({ count: 'demo', ...fields })).toEqual({ n, ok: 1 })
})

it('nothing is in a collection that is not there, but the filter must make sense', async () => {
  expect(await bench.run({ count: 'nosuch' })).toEqual({ n: 0, ok: 1 })
  const reply = await bench.run({ count: 'nosuch', query: { $nosuch: 1 } })
  expect(reply).toMatchObject({ ok: 0, code: 2 })
})

// Source: count_request.cpp, count_command.idl (8.0)
it.each([
  [{ limit: 'x' }, 2, 'limit value is not a valid number'],
  [{ limit: Long.MIN_VALUE }, 2, 'limit value for count cannot be min long'],
  [{ skip: -1 }, 2, 'skip value is negative in count query'],
  [{ skip: {} }, 2, 'skip value is not a valid number'],
  [{ query: 1 }, 14, "BSON field 'count.query' is the wrong type 'int', expected type 'object'"],
  [{ hint: 5 }, 9, 'Hint must be a string or an object'],
  [{ nosuch: 1 }, 40415, "BSON field 'count.nosuch' is an unknown field."],
  [
    { collation: { locale: 'xx', strength: 7 } },
    2,
    "BSON field 'strength' value must be >= 1 and <= 5, actual value '7'",
  ],
])('count %j is refused', async (fields, code, errmsg) => {
  const reply = await bench.run({ count: 'demo', ...fields })
  expect(reply).toMatchObject({ ok: 0, code, errmsg })
})

// Source: transaction_validation.cpp (8.0)
it('is not for transactions', async () => {
  expect(await bench.run(starting(1, 1, { count: 'demo' }))).toMatchObject({
    ok: 0,
    code: 263,
    errmsg:
      "Cannot run 'count' in a multi-document transaction. Please see http://dochub.mongodb.org/core/transaction-count for a recommended alternative.",
  })
})

it('is profiled as a command, with its plan', async () => {
  await bench.run({ createIndexes: 'demo', indexes: [{ key: { a: 1 }, name: 'a_1' }] })
  await bench.run({ profile: 2 })
  await bench.run({ count: 'demo', query: { a: 1 } })
  await bench.run({ count: 'demo' })
  const reply = await bench.run({ find: 'system.profile', filter: { 'command.count': 'demo' } })
  expect((reply['cursor'] as Document)['firstBatch']).toMatchObject([
    { op: 'command', ns: 'test.demo', keysExamined: 3, planSummary: 'IXSCAN { a: 1 }' },
    { op: 'command', keysExamined: 0, docsExamined: 0, planSummary: 'RECORD_STORE_FAST_COUNT' },
  ])
})

it('yields as it goes', async () => {
  bench.engine.services.parameters.set('internalQueryExecYieldIterations', 2)
  await bench.run({ profile: 2 })
  expect(await bench.run({ count: 'demo', query: { a: { $gte: 0 } } })).toEqual({ n: 5, ok: 1 })
  const reply = await bench.run({ find: 'system.profile', filter: { 'command.count': 'demo' } })
  expect((reply['cursor'] as Document)['firstBatch']).toMatchObject([{ numYield: 2 }])
})
