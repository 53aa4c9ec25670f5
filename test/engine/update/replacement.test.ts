import { Double, Timestamp } from 'bson'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { compileUpdate, withIdFirst, withTimestamps } from '../../../src/engine/update/index.ts'
import { applyUpdate, context } from './apply.ts'

// server: object_replace_executor.cpp
describe('a replacement', () => {
  it.each<[Document, Document, Document]>([
    [{ _id: 1, a: 1 }, { b: 2 }, { _id: 1, b: 2 }],
    [{ _id: 1, a: 1 }, {}, { _id: 1 }],
    [
      { _id: 1, a: 1 },
      { b: 2, _id: 1 },
      { _id: 1, b: 2 },
    ],
    [{ _id: 1 }, { _id: new Double(1), a: 1 }, { _id: new Double(1), a: 1 }],
    [{ _id: 1 }, { a: { $b: 1 } }, { _id: 1, a: { $b: 1 } }],
  ])('of %j by %j', (document, replacement, result) => {
    const applied = applyUpdate(document, replacement)
    expect(applied.document).toEqual(result)
    expect(Object.keys(applied.document)).toEqual(Object.keys(result))
    expect(applied.changed).toBe(true)
    expect(applied.patches).toEqual([{ op: 'replace', path: [], value: result }])
  })

  it('allows the fields of a reference at the top', () => {
    const applied = applyUpdate({ _id: 1 }, { a: 1, $ref: 'x', $id: 5, $db: 'y' })
    expect(Object.keys(applied.document)).toEqual(['_id', 'a', '$ref', '$id', '$db'])
  })

  it('by the same document, _id and all, changes nothing', () => {
    const document = { _id: 1, a: { b: [1] } }
    const applied = applyUpdate(document, { _id: 1, a: { b: [1] } })
    expect(applied.changed).toBe(false)
    expect(applied.document).toBe(document)
  })

  it('without _id is written even if it says the same', () => {
    expect(applyUpdate({ _id: 1, a: 1 }, { a: 1 }).changed).toBe(true)
  })

  it('gets the time where it has empty timestamps at its top', () => {
    const empty = new Timestamp({ t: 0, i: 0 })
    const { document } = applyUpdate({ _id: 1 }, { at: empty, deep: { at: empty } })
    expect(document).toEqual({ _id: 1, at: context.timestamp(), deep: { at: empty } })
  })

  it('is told by its first field', () => {
    expect(compileUpdate({ a: 1 }).kind).toBe('replacement')
    expect(compileUpdate({}).kind).toBe('replacement')
    expect(compileUpdate({ $set: { a: 1 } }).kind).toBe('operators')
  })
})

describe('documents to be inserted', () => {
  it('have their _id first', () => {
    const sorted = { _id: 1, a: 1 }
    expect(withIdFirst(sorted, 1)).toBe(sorted)
    expect(Object.keys(withIdFirst({ a: 1, _id: 1 }, 1))).toEqual(['_id', 'a'])
    expect(withIdFirst({ a: 1 }, 'new')).toEqual({ _id: 'new', a: 1 })
  })

  it('share what needs no timestamp', () => {
    const document = { _id: new Timestamp({ t: 0, i: 0 }), a: new Timestamp({ t: 1, i: 0 }) }
    expect(withTimestamps(document, context)).toBe(document)
  })
})
