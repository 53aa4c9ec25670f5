import { describe, expect, test } from 'vitest'
import { Database, refusal } from '../harness.ts'

async function numbered(count: number): Promise<Database> {
  const db = new Database()
  await db.insert(...Array.from({ length: count }, (_, i) => ({ _id: i, a: i })))
  return db
}

describe('findAndModify', () => {
  test.each([
    [{ update: { $inc: { a: 5 } } }, { value: { _id: 3, a: 3 }, n: 1, updatedExisting: true }],
    [{ update: { $inc: { a: 5 } }, new: true }, { value: { _id: 3, a: 8 } }],
    [{ update: { a: 7 }, new: true, fields: { _id: 0 } }, { value: { a: 7 } }],
    [{ remove: true }, { value: { _id: 3, a: 3 }, n: 1 }],
    [
      { remove: true, fields: { a: 1, _id: 0 } },
      { value: { a: 3 }, n: 1 },
    ],
  ])('of { _id: 3 } with %j gives %j', async (request, expected) => {
    const db = await numbered(5)
    expect(await db.findAndModify({ query: { _id: 3 }, ...request })).toMatchObject(expected)
  })

  test('takes the first in the order asked for', async () => {
    const db = await numbered(5)
    const { value } = await db.findAndModify({
      query: { _id: { $lt: 4 } },
      sort: { _id: -1 },
      remove: true,
    })
    expect(value).toEqual({ _id: 3, a: 3 })
  })

  test('that matches nothing gives null, or inserts', async () => {
    const db = await numbered(1)
    const request = { query: { _id: 9 }, update: { $set: { a: 1 } } }
    expect(await db.findAndModify(request)).toMatchObject({
      value: null,
      n: 0,
      updatedExisting: false,
    })
    expect(await db.findAndModify({ ...request, upsert: true, new: true })).toMatchObject({
      value: { _id: 9, a: 1 },
      n: 1,
      updatedExisting: false,
      upserted: { id: 9 },
    })
    expect(await db.findAndModify({ query: { _id: 8 }, remove: true })).toEqual({
      value: null,
      n: 0,
    })
  })

  // Source: find_and_modify.cpp, validate (8.0).
  test.each([
    [{}, "Either an 'update' or 'remove'=true must be specified"],
    [{ update: {}, remove: true }, "Cannot specify both an 'update' and 'remove'=true"],
    [{ upsert: true, remove: true }, "Cannot specify both 'upsert'=true and 'remove'=true"],
    [
      { new: true, remove: true },
      "Cannot specify both 'new'=true and 'remove'=true; 'remove' always returns the deleted document",
    ],
  ])('%j is refused', async (request, message) => {
    const db = await numbered(1)
    expect(await refusal(db.findAndModify({ query: {}, ...request }))).toMatchObject({
      code: 9,
      message,
    })
  })
})
