import { Binary, Long } from 'bson'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { ServerError } from '../../../src/engine/errors.ts'
import { compileFilter } from '../../../src/engine/query/index.ts'
import { context } from '../expression/compute.ts'

const DOCUMENTS: readonly Document[] = [
  { _id: 1, a: 1, b: 2 },
  { _id: 2, a: 5, b: 2 },
  { _id: 3, a: 'x', b: 2 },
  { _id: 4, b: 9 },
]

function idsOf(filter: Document, scope = context): unknown[] {
  const { matches } = compileFilter(filter, scope)
  return DOCUMENTS.filter(matches).map(({ _id }) => _id)
}

describe('$expr', () => {
  // Types are not bracketed here: a missing field is less than any number, a string is more.
  it.each<[filter: Document, ids: number[]]>([
    [{ $expr: { $gt: ['$a', '$b'] } }, [2, 3]],
    [{ $expr: { $lt: ['$a', 2] } }, [1, 4]],
    [{ $expr: '$a' }, [1, 2, 3]],
    [{ $expr: false }, []],
    [{ b: 2, $expr: { $eq: [{ $type: '$a' }, 'int'] } }, [1, 2]],
    [{ $or: [{ b: 9 }, { $expr: { $eq: ['$a', 1] } }] }, [1, 4]],
    [{ $nor: [{ $expr: { $gte: ['$a', '$b'] } }] }, [1, 4]],
  ])('%j', (filter, ids) => {
    expect(idsOf(filter)).toEqual(ids)
  })

  it('reads the variables in scope', () => {
    const scope = context.withLet({ least: { $add: [1, 1] }, twice: { $multiply: ['$$least', 2] } })
    expect(
      idsOf({ $expr: { $and: [{ $gt: ['$a', '$$twice'] }, { $isNumber: '$a' }] } }, scope),
    ).toEqual([2])
  })

  it.each<[filter: Document, code: number, message: string]>([
    [{ $expr: { $nope: 1 } }, 168, "Unrecognized expression '$nope'"],
    [
      { a: { $elemMatch: { $expr: true } } },
      2,
      '$expr can only be applied to the top-level document',
    ],
    [{ $sampleRate: 2 }, 2, 'numeric argument to $sampleRate must be in [0, 1], but got 2'],
  ])('%j is refused', (filter, code, message) => {
    expect(() => compileFilter(filter, context)).toThrow(expect.objectContaining({ code, message }))
  })

  it('has no place in a filter that is part of no command', () => {
    const compile = () => compileFilter({ $expr: true })
    expect(compile).toThrow(ServerError)
    expect(compile).toThrow(expect.objectContaining({ code: 224 }))
  })

  it('is compiled for each command, other filters are kept', () => {
    expect(compileFilter({ $expr: true }, context).isBound).toBe(true)
    expect(compileFilter({ a: 1 }, context).isBound).toBe(false)
  })
})

it('$sampleRate lets through by chance', () => {
  // Chance is a quarter, always.
  expect(idsOf({ $sampleRate: 0.2 })).toEqual([])
  expect(idsOf({ $sampleRate: 0.3, b: 2 })).toEqual([1, 2, 3])
})

describe('bits', () => {
  const bytes = new Binary(new Uint8Array([0b101, 0b1]))

  // Source: bit_test_expression.cpp (8.0)
  it.each<[condition: Document, matching: unknown[], others: unknown[]]>([
    [{ $bitsAllSet: 5 }, [5, 7, Long.fromNumber(13), bytes, -1, 5.0], [4, 1, 5.5, 'x', null]],
    [{ $bitsAllSet: [0, 8] }, [257, bytes], [1, 256]],
    [{ $bitsAnySet: 6 }, [2, 4, bytes], [1, 8]],
    [{ $bitsAllClear: [1] }, [0, 5, bytes], [2, 3, -1]],
    [{ $bitsAnyClear: 3 }, [0, 1, 2], [3, 7]],
    [{ $bitsAllSet: new Binary(new Uint8Array([4])) }, [4, 12], [8]],
    // A negative number has ones all the way up.
    [{ $bitsAllSet: [200] }, [-1], [1]],
  ])('%j', (condition, matching, others) => {
    const { matches } = compileFilter({ a: condition })
    expect(matching.filter((a) => matches({ a }))).toEqual(matching)
    expect(others.filter((a) => matches({ a }))).toEqual([])
  })

  it.each<[condition: Document, code: number]>([
    [{ $bitsAllSet: 'x' }, 2],
    [{ $bitsAllSet: -1 }, 9],
    [{ $bitsAnySet: [-1] }, 2],
    [{ $bitsAnySet: 1.5 }, 9],
  ])('%j is refused', (condition, code) => {
    expect(() => compileFilter({ a: condition })).toThrow(expect.objectContaining({ code }))
  })
})
