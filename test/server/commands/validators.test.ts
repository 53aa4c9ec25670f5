/** Source: collection_impl.cpp, doc_validation_error.cpp, create.idl (8.0). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import {
  type Bench,
  continuing,
  documentsOf,
  findAll,
  insertOne,
  makeBench,
  starting,
} from '../harness.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.stop())

const create = (validator: Document, options: Document = {}): Promise<Document> =>
  bench.run({ create: 'demo', validator, ...options })

const set = (q: Document, fields: Document): Document => ({
  update: 'demo',
  updates: [{ q, u: { $set: fields } }],
})

const optionsOf = async (name: string): Promise<unknown> => {
  const [found] = documentsOf(await bench.run({ listCollections: 1, filter: { name } }))
  return found?.['options']
}

const FAILED = { index: 0, code: 121, errmsg: 'Document failed validation' }

/** The executor says in what it was. */
const UPDATE_FAILED = {
  ...FAILED,
  errmsg: 'Plan executor error during update :: caused by :: Document failed validation',
}

describe('a collection with a validator', () => {
  it('takes what passes, and says why it takes nothing else', async () => {
    expect(await create({ a: { $gt: 1 } })).toEqual({ ok: 1 })
    expect(await bench.run(insertOne({ _id: 1, a: 2 }))).toEqual({ n: 1, ok: 1 })
    expect(await bench.run(insertOne({ _id: 2, a: 0 }))).toEqual({
      n: 0,
      writeErrors: [
        {
          ...FAILED,
          errInfo: {
            failingDocumentId: 2,
            details: {
              operatorName: '$gt',
              specifiedAs: { a: { $gt: 1 } },
              reason: 'comparison failed',
              consideredValue: 0,
            },
          },
        },
      ],
      ok: 1,
    })
    expect(documentsOf(await bench.run(findAll()))).toEqual([{ _id: 1, a: 2 }])
  })

  it('looks at updates, upserts and findAndModify', async () => {
    await create({ a: { $gt: 1 } })
    await bench.run(insertOne({ _id: 1, a: 2 }))
    expect(await bench.run(set({ _id: 1 }, { a: 0 }))).toMatchObject({
      writeErrors: [UPDATE_FAILED],
    })
    expect(await bench.run(set({ a: 2 }, { b: 1 }))).toMatchObject({ nModified: 1 })
    const upsert = {
      update: 'demo',
      updates: [{ q: { _id: 9 }, u: { $set: { b: 1 } }, upsert: true }],
    }
    expect(await bench.run(upsert)).toMatchObject({ writeErrors: [{ code: 121 }] })
    const modify = { findAndModify: 'demo', query: { _id: 1 }, update: { a: 1 } }
    expect(await bench.run(modify)).toMatchObject({
      ok: 0,
      code: 121,
      errInfo: { failingDocumentId: 1 },
    })
    expect(documentsOf(await bench.run(findAll()))).toEqual([{ _id: 1, a: 2, b: 1 }])
  })

  it('is bypassed by who asks for it', async () => {
    await create({ a: 1 })
    const bypassDocumentValidation = true
    const inserted = await bench.run({ ...insertOne({ _id: 1 }), bypassDocumentValidation })
    expect(inserted).toEqual({ n: 1, ok: 1 })
    const updated = await bench.run({ ...set({ _id: 1 }, { a: 2 }), bypassDocumentValidation })
    expect(updated).toMatchObject({ nModified: 1 })
  })

  it('ends a transaction that writes something else', async () => {
    await create({ a: 1 })
    await bench.run(starting(1, 1, insertOne({ _id: 1, a: 1 })))
    const refused = await bench.run(continuing(1, 1, insertOne({ _id: 2 })))
    expect(refused).toMatchObject({ writeErrors: [FAILED] })
    expect(await bench.run(continuing(1, 1, findAll()))).toMatchObject({ code: 251 })
  })
})

describe('levels and actions', () => {
  const validator = { a: 1 }

  it('moderate: what does not pass already may be updated', async () => {
    await bench.run(insertOne({ _id: 1 }))
    await bench.run({ collMod: 'demo', validator, validationLevel: 'moderate' })
    expect(await bench.run(set({ _id: 1 }, { b: 1 }))).toMatchObject({ nModified: 1 })
    await bench.run(insertOne({ _id: 2, a: 1 }))
    expect(await bench.run(set({ _id: 2 }, { a: 2 }))).toMatchObject({
      writeErrors: [UPDATE_FAILED],
    })
    expect(await bench.run(insertOne({ _id: 3 }))).toMatchObject({ writeErrors: [FAILED] })
  })

  it('off: nothing is looked at', async () => {
    await create(validator, { validationLevel: 'off' })
    expect(await bench.run(insertOne({ _id: 1 }))).toEqual({ n: 1, ok: 1 })
  })

  it('warn: it is written down, and written', async () => {
    await create(validator, { validationAction: 'warn' })
    expect(await bench.run(insertOne({ _id: 1 }))).toEqual({ n: 1, ok: 1 })
    expect(bench.trace.events.map(({ what }) => what)).toContain('document failed validation')
  })

  it.each([
    [{ validationLevel: 'x' }, "Enumeration value 'x' for field 'create.validationLevel'"],
    [{ validationAction: 'x' }, "Enumeration value 'x' for field 'create.validationAction'"],
  ])('%j is refused', async (options, errmsg) => {
    const reply = await create(validator, options)
    expect(reply).toMatchObject({ ok: 0, code: 2, errmsg: expect.stringContaining(errmsg) })
  })
})

describe('its options', () => {
  it('are shown as they were given', async () => {
    await create({ a: 1 }, { validationLevel: 'strict' })
    expect(await optionsOf('demo')).toEqual({ validator: { a: 1 }, validationLevel: 'strict' })
    expect(await create({ a: 2 })).toMatchObject({ code: 48 })
  })

  it('are all set by a new validator, and taken back by an empty one', async () => {
    await create({ a: 1 })
    expect(await bench.run({ collMod: 'demo', validator: { b: 1 } })).toEqual({ ok: 1 })
    const rest = { validationLevel: 'strict', validationAction: 'error' }
    expect(await optionsOf('demo')).toEqual({ validator: { b: 1 }, ...rest })
    await bench.run({ collMod: 'demo', validator: {} })
    expect(await optionsOf('demo')).toEqual(rest)
    expect(await bench.run(insertOne({ _id: 1 }))).toEqual({ n: 1, ok: 1 })
  })

  it.each([
    [{ create: 'demo', validator: { $nosuch: 1 } }, 2],
    [{ create: 'x', validator: { a: 1 }, $db: 'admin' }, 72],
    [{ create: 'system.js', validator: { a: 1 } }, 72],
  ])('%j is refused', async (command, code) => {
    expect(await bench.run(command)).toMatchObject({ ok: 0, code })
  })
})

describe('why a document does not pass', () => {
  const why = async (validator: Document, document: Document): Promise<unknown> => {
    await bench.run({ drop: 'demo' })
    await create(validator)
    const reply = await bench.run(insertOne({ _id: 1, ...document }))
    const [error] = reply['writeErrors'] as [Document]
    return (error['errInfo'] as Document)['details']
  }

  it.each<[validator: Document, document: Document, details: Document]>([
    [{ a: 1 }, {}, { operatorName: '$eq', specifiedAs: { a: 1 }, reason: 'field was missing' }],
    [
      { a: { $in: [1, 2] } },
      { a: [3, 4] },
      {
        operatorName: '$in',
        specifiedAs: { a: { $in: [1, 2] } },
        reason: 'no matching value found in array',
        consideredValues: [3, 4, [3, 4]],
      },
    ],
    [
      { a: { $type: 'int' } },
      { a: 'x' },
      {
        operatorName: '$type',
        specifiedAs: { a: { $type: 'int' } },
        reason: 'type did not match',
        consideredValue: 'x',
        consideredType: 'string',
      },
    ],
    [
      { a: { $exists: false } },
      { a: 1 },
      {
        operatorName: '$exists',
        specifiedAs: { a: { $exists: false } },
        reason: 'path does exist',
      },
    ],
    [
      { a: { $gt: 1, $lt: 5 }, b: 1 },
      { a: 9, b: 1 },
      {
        operatorName: '$and',
        clausesNotSatisfied: [
          {
            index: 1,
            details: {
              operatorName: '$lt',
              specifiedAs: { a: { $lt: 5 } },
              reason: 'comparison failed',
              consideredValue: 9,
            },
          },
        ],
      },
    ],
    [
      { $or: [{ a: 1 }, { b: 1 }] },
      {},
      {
        operatorName: '$or',
        clausesNotSatisfied: [
          {
            index: 0,
            details: { operatorName: '$eq', specifiedAs: { a: 1 }, reason: 'field was missing' },
          },
          {
            index: 1,
            details: { operatorName: '$eq', specifiedAs: { b: 1 }, reason: 'field was missing' },
          },
        ],
      },
    ],
    [
      { $nor: [{ a: 1 }, { b: 1 }] },
      { b: 1 },
      {
        operatorName: '$nor',
        clausesSatisfied: [
          {
            index: 1,
            details: {
              operatorName: '$eq',
              specifiedAs: { b: 1 },
              reason: 'comparison succeeded',
              consideredValue: 1,
            },
          },
        ],
      },
    ],
    [
      { a: { $not: { $gt: 1 } } },
      { a: 2 },
      {
        operatorName: '$not',
        details: {
          operatorName: '$gt',
          specifiedAs: { a: { $gt: 1 } },
          reason: 'comparison succeeded',
          consideredValue: 2,
        },
      },
    ],
    [
      { $expr: { $gt: ['$a', 1] } },
      { a: 1 },
      {
        operatorName: '$expr',
        specifiedAs: { $expr: { $gt: ['$a', 1] } },
        reason: 'expression did not match',
      },
    ],
  ])('%j: %j', async (validator, document, details) => {
    expect(await why(validator, document)).toEqual(details)
  })
})
