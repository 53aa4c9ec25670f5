import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import type { Patch } from '../../../src/engine/update/index.ts'
import { applyUpdate } from './apply.ts'

const set = (path: string, value: unknown): Patch => ({ op: 'set', path: path.split('.'), value })
const unset = (path: string): Patch => ({ op: 'unset', path: path.split('.') })

describe('patches', () => {
  it.each<[Document, Document, Patch[]]>([
    [{ a: 1 }, { $set: { a: 2 } }, [set('a', 2)]],
    [{ a: { b: 1 } }, { $inc: { 'a.b': 1 } }, [set('a.b', 2)]],
    [{ a: { b: 1 } }, { $unset: { 'a.b': 1 } }, [unset('a.b')]],
    // What is new is told once, from its top.
    [{}, { $set: { 'a.b.c': 1, 'a.d': 2 } }, [set('a', { b: { c: 1 }, d: 2 })]],
    [{ a: {} }, { $set: { 'a.b.c': 1, 'a.b.d': 2 } }, [set('a.b', { c: 1, d: 2 })]],
    // Appended elements are told one by one.
    [{ a: [1] }, { $push: { a: { $each: [2, 3] } } }, [set('a.1', 2), set('a.2', 3)]],
    [{ a: [1] }, { $addToSet: { a: 2 } }, [set('a.1', 2)]],
    [{ a: [1, 2] }, { $pop: { a: 1 } }, [set('a', [1])]],
    [{ a: [1, 2] }, { $push: { a: { $each: [0], $position: 0 } } }, [set('a', [0, 1, 2])]],
    [{ a: [{ b: 1 }] }, { $set: { 'a.0.b': 2 } }, [set('a.0.b', 2)]],
    [{ a: [1, 2] }, { $unset: { 'a.0': 1 } }, [set('a.0', null)]],
    [{ a: 1 }, { $rename: { a: 'b' } }, [unset('a'), set('b', 1)]],
    // Sorted by path, indexes as numbers.
    [{}, { $set: { c: 1, a: 1, b: 1 } }, [set('a', 1), set('b', 1), set('c', 1)]],
    [{ a: 1 }, { $set: { a: 1 }, $unset: { b: 1 } }, []],
  ])('of %j by %j', (document, update, patches) => {
    expect(applyUpdate(document, update).patches).toEqual(patches)
  })

  it('are sorted by path, indexes as numbers', () => {
    const { patches } = applyUpdate({ a: Array(11).fill(0) }, { $set: { 'a.10': 1, 'a.9': 1 } })
    expect(patches.map(({ path }) => path[1])).toEqual(['9', '10'])
  })
})
