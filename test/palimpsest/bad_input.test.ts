import { expect, test } from 'vitest'
import { Palimpsest } from '../../src/index.ts'
import { failure } from './simulator.ts'

interface Item {
  _id: unknown
  a?: unknown
  u?: unknown
}

async function simulator() {
  const sim = await Palimpsest.create({ seed: 1 })
  const client = sim.client()
  const db = client.db('test')
  const items = db.collection<Item>('items')
  await items.createIndex({ u: 1 }, { unique: true })
  await items.insertMany([
    { _id: 1, a: 'x', u: 1 },
    { _id: 2, u: 2 },
  ])
  return { sim, client, db, items }
}

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = { a: value }
  return value
}

type Parts = Awaited<ReturnType<typeof simulator>>
type Attempt = (parts: Parts) => Promise<unknown>

/*
 * What is asked, and how MongoDB 8.0 answers. Errors that depend on the document an update finds carry
 * the plan's words before them; those seen in the statement alone do not.
 */
const CASES: readonly (readonly [string, number, string, Attempt])[] = [
  [
    'an unknown command',
    59,
    "no such command: 'nonsense'",
    ({ db }) => db.command({ nonsense: 1 }),
  ],
  [
    'an unknown query operator',
    2,
    'unknown operator: $foo',
    ({ items }) => items.findOne({ a: { $foo: 1 } } as never),
  ],
  [
    'an unknown modifier',
    9,
    'Unknown modifier: $foo. Expected a valid update modifier or pipeline-style update specified as an array',
    ({ items }) => items.updateOne({ _id: 1 }, { $foo: { a: 1 } } as never),
  ],
  [
    'two modifiers of one path',
    40,
    "Updating the path 'a' would create a conflict at 'a'",
    ({ items }) => items.updateOne({ _id: 1 }, { $set: { 'a.b': 2 }, $inc: { a: 1 } }),
  ],
  [
    '$inc of a string',
    14,
    "Plan executor error during update :: caused by :: Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'a' of non-numeric type string",
    ({ items }) => items.updateOne({ _id: 1 }, { $inc: { a: 1 } }),
  ],
  [
    'a path through a string',
    28,
    'Plan executor error during findAndModify :: caused by :: Cannot create field \'b\' in element {a: "x"}',
    ({ items }) => items.findOneAndUpdate({ _id: 1 }, { $set: { 'a.b': 2 } }),
  ],
  [
    'another _id',
    66,
    "Plan executor error during update :: caused by :: Performing an update on the path '_id' would modify the immutable field '_id'",
    ({ items }) => items.updateOne({ _id: 1 }, { $set: { _id: 3 } } as never),
  ],
  [
    'a document too large',
    10334,
    'object to insert too large. size in bytes: 16777242, max size: 16777216',
    ({ items }) => items.insertOne({ _id: 3.5, a: 'x'.repeat(16 * 1024 * 1024) }),
  ],
  [
    'an update too large',
    17419,
    'Plan executor error during update :: caused by :: Resulting document after update is larger than 16777216',
    ({ items }) => items.updateOne({ _id: 1 }, { $set: { a: 'x'.repeat(16 * 1024 * 1024) } }),
  ],
  [
    'a document too deep',
    15,
    'cannot insert document because it exceeds 180 levels of nesting',
    ({ items }) => items.insertOne({ _id: 3, a: nested(200) }),
  ],
  [
    'an array as _id',
    53,
    "The '_id' value cannot be of type array",
    ({ items }) => items.insertOne({ _id: [1] }),
  ],
  [
    'a duplicate _id',
    11000,
    'E11000 duplicate key error collection: test.items index: _id_ dup key: { _id: 1 }',
    ({ items }) => items.insertOne({ _id: 1, u: 9 }),
  ],
  [
    'a duplicate value',
    11000,
    'E11000 duplicate key error collection: test.items index: u_1 dup key: { u: 1 }',
    ({ items }) => items.insertOne({ _id: 9, u: 1 }),
  ],
  [
    'a duplicate value by update',
    11000,
    'Plan executor error during update :: caused by :: E11000 duplicate key error collection: test.items index: u_1 dup key: { u: 1 }',
    ({ items }) => items.updateOne({ _id: 2 }, { $set: { u: 1 } }),
  ],
  [
    'a bad parameter',
    2,
    'transactionLifetimeLimitSeconds',
    ({ client }) =>
      client.db('admin').command({ setParameter: 1, transactionLifetimeLimitSeconds: 0 }),
  ],
  [
    'a field of the wrong type',
    14,
    "BSON field 'find.limit' is the wrong type 'string'",
    ({ db }) => db.command({ find: 'items', limit: 'x' }),
  ],
  [
    'an unknown field',
    40415,
    "BSON field 'find.foo' is an unknown field.",
    ({ db }) => db.command({ find: 'items', foo: 1 }),
  ],
  [
    'a database name with a space',
    73,
    'Invalid',
    ({ client }) => client.db('a b').collection('x').insertOne({}),
  ],
]

test.each(CASES)('%s: %i', async (_, code, message, attempt) => {
  const parts = await simulator()
  const before = await everything(parts)
  const error = await failure(attempt(parts))
  expect(error['code']).toBe(code)
  expect(error['message']).toContain(message)
  expect(await everything(parts)).toEqual(before)
  expect(parts.sim.stats().storage.openTransactions).toBe(0)
  await parts.sim.stop()
})

/** All documents, by each index: a statement that failed must have left nothing in any of them. */
async function everything({ items }: Parts) {
  const byId = await items.find().sort({ _id: 1 }).toArray()
  const byValue = await items.find({}, { hint: 'u_1' }).toArray()
  return { byId, byValue }
}
