import { ObjectId } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  arrayIndexOf,
  blockedDepth,
  type Document,
  equalValues,
  fieldOf,
  getPath,
  parsePath,
  setPath,
  unsetPath,
  withField,
  withoutField,
} from '../../src/bson/index.ts'
import { anyDocument, anyName, anyScalar } from './arbitraries.ts'

const at = (document: object, path: string) => getPath(document, parsePath(path))
const set = <D extends object>(document: D, path: string, value: unknown) =>
  setPath(document, parsePath(path), value)
const unset = <D extends object>(document: D, path: string) => unsetPath(document, parsePath(path))

describe('parsePath', () => {
  it('splits at dots, and knows indexes', () => {
    expect(parsePath('a.0.b')).toEqual({
      text: 'a.0.b',
      parts: ['a', '0', 'b'],
      indexes: [-1, 0, -1],
      inherited: false,
    })
    expect(parsePath('').parts).toEqual([''])
    expect(parsePath('a..b').parts).toEqual(['a', '', 'b'])
    expect(parsePath('a.constructor').inherited).toBe(true)
  })

  it('gives the same path for the same text, and forgets when there are too many', () => {
    expect(parsePath('same.text')).toBe(parsePath('same.text'))
    const first = parsePath('first')
    for (let index = 0; index < 6_000; index++) parsePath(`many.${index}`)
    expect(parsePath('first')).toEqual(first)
  })

  it('takes only plain decimal numbers for indexes', () => {
    expect(['0', '7', '42'].map(arrayIndexOf)).toEqual([0, 7, 42])
    for (const other of ['', '00', '01', '-1', '1.5', '1e3', ' 1', '99999999999', 'x']) {
      expect(arrayIndexOf(other)).toBe(-1)
    }
  })
})

describe('getPath', () => {
  const document = {
    a: { b: [{ c: 1 }, 2] },
    '': { '': 3 },
    id: new ObjectId('0'.repeat(24)),
    n: null,
  }

  it.each([
    ['a.b.0.c', 1],
    ['a.b.1', 2],
    ['a.b.c', undefined],
    ['a.b.7', undefined],
    ['a.x.y', undefined],
    ['n', null],
    ['n.x', undefined],
    ['.', 3],
    ['id.i0', undefined],
    ['a.b.length', undefined],
    ['constructor', undefined],
    ['a.toString', undefined],
    ['__proto__', undefined],
    ['a.__proto__.x', undefined],
  ])('%s', (path, expected) => {
    expect(at(document, path)).toBe(expected)
  })

  it('finds fields that have the names of inherited ones', () => {
    const odd = JSON.parse('{"constructor":1,"__proto__":{"toString":[2]}}') as Document
    expect(at(odd, 'constructor')).toBe(1)
    expect(at(odd, '__proto__.toString.0')).toBe(2)
    expect(fieldOf(odd, 'constructor')).toBe(1)
    expect(fieldOf({}, 'constructor')).toBeUndefined()
  })
})

describe('setPath', () => {
  it.each([
    [{ a: 1 }, 'a', { a: 9 }],
    [{ a: 1 }, 'b', { a: 1, b: 9 }],
    [{}, 'a.b.c', { a: { b: { c: 9 } } }],
    [{ a: { b: 1, c: 2 } }, 'a.b', { a: { b: 9, c: 2 } }],
    [{ a: [1, 2] }, 'a.1', { a: [1, 9] }],
    [{ a: [1] }, 'a.3', { a: [1, null, null, 9] }],
    [{ a: [{ b: 1 }] }, 'a.0.b', { a: [{ b: 9 }] }],
    [{ a: [] }, 'a.0.b', { a: [{ b: 9 }] }],
    [{}, 'a.0', { a: { '0': 9 } }],
    [{}, '.', { '': { '': 9 } }],
  ])('%j, %s', (document, path, expected) => {
    const before = structuredClone(document)
    expect(set<Document>(document, path, 9)).toEqual(expected)
    expect(document).toEqual(before)
  })

  it.each([
    [{ a: 1 }, 'a.b', 1],
    [{ a: null }, 'a.b', 1],
    [{ a: 'x' }, 'a.0', 1],
    [{ a: [1] }, 'a.b', 1],
    [{ a: { b: [[1]] } }, 'a.b.0.0.c', 4],
    [{ a: new Date(0) }, 'a.b', 1],
  ])('is blocked in %j at %s', (document, path, depth) => {
    expect(set<Document>(document, path, 9)).toBeUndefined()
    expect(blockedDepth(document, parsePath(path))).toBe(depth)
  })

  it('shares what it does not change', () => {
    const document = { a: { b: { c: 1 } }, d: { e: 1 }, f: [{ g: 1 }, { h: 1 }] }
    const copy = set(document, 'a.b.c', 2)
    expect(copy?.d).toBe(document.d)
    expect(copy?.f).toBe(document.f)
    const other = set(document, 'f.0.g', 2)
    expect(other?.f[1]).toBe(document.f[1])
    expect(other?.a).toBe(document.a)
  })

  it('makes fields of any name, and never touches prototypes', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const copy = set<Document>({ a: 1 }, name, { x: 1 })
      expect(Object.keys(copy as Document)).toEqual(['a', name])
      expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
      expect(at(copy as Document, `${name}.x`)).toBe(1)
      const deep = set<Document>({}, `a.${name}.b`, 1)
      expect(at(deep as Document, `a.${name}.b`)).toBe(1)
    }
  })
})

describe('unsetPath', () => {
  it.each([
    [{ a: 1, b: 2 }, 'a', { b: 2 }],
    [{ a: { b: 1, c: 2 } }, 'a.b', { a: { c: 2 } }],
    [{ a: [1, 2] }, 'a.0', { a: [null, 2] }],
    [{ a: [{ b: 1 }] }, 'a.0.b', { a: [{}] }],
  ])('%j, %s', (document, path, expected) => {
    const before = structuredClone(document)
    expect(unset<Document>(document, path)).toEqual(expected)
    expect(document).toEqual(before)
  })

  it.each(['b', 'a.b', 'c.7', 'c.x', 'c.0.d', 'constructor', 'a.b.c'])(
    'is the same document where there is nothing at %s',
    (path) => {
      const document: Document = { a: 1, c: [2] }
      expect(unset(document, path)).toBe(document)
    },
  )
})

describe('set and unset', () => {
  it('undo each other, and leave other fields alone', () => {
    fc.assert(
      fc.property(anyDocument, anyName, anyScalar, (document, name, value) => {
        const changed = withField(document, name, value)
        expect(equalValues(fieldOf(changed, name), value)).toBe(true)
        const rest = withoutField(document, name)
        expect(equalValues(withoutField(changed, name), rest)).toBe(true)
        expect(Object.hasOwn(rest, name)).toBe(false)
      }),
    )
  })
})
