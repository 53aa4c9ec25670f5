/**
 * Expressions against those of the `mingo` library, an implementation that shares no code with ours.
 * It is sound for values that JSON has, so those are what is drawn here; where BSON's types matter
 * the table of `expressions.test.ts` says what is right.
 */
import fc, { type Arbitrary } from 'fast-check'
import { Aggregator } from 'mingo'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { compute, named } from './compute.ts'

const DOCUMENT = {
  a: 3,
  b: -2,
  text: 'pear',
  list: [4, 1, 3],
  items: [
    { k: 'x', n: 1 },
    { k: 'y', n: 2 },
  ],
}

type Expr = unknown

const { number, flag, text, list } = fc.letrec<{
  number: Expr
  flag: Expr
  text: Expr
  list: Expr
}>((tie) => {
  const op = (name: string, ...kinds: ('number' | 'flag' | 'text' | 'list')[]): Arbitrary<Expr> =>
    fc.tuple(...kinds.map((kind) => tie(kind))).map((operands) => ({ [name]: operands }))
  const options = { maxDepth: 4, depthIdentifier: 'expression' }
  return {
    number: fc.oneof(
      options,
      fc.integer({ min: -9, max: 9 }),
      fc.constantFrom('$a', '$b', '$$ROOT.a'),
      op('$add', 'number', 'number'),
      op('$subtract', 'number', 'number'),
      op('$multiply', 'number', 'number'),
      tie('number').map((operand) => ({ $abs: operand })),
      op('$cond', 'flag', 'number', 'number'),
      tie('list').map((operand) => ({ $size: operand })),
      tie('list').map((operand) => ({ $sum: operand })),
      tie('list').map((operand) => ({ $ifNull: [{ $max: operand }, 0] })),
      tie('text').map((operand) => ({ $strLenCP: operand })),
      tie('list').map((input) => ({
        $reduce: { input, initialValue: 0, in: { $subtract: ['$$this', '$$value'] } },
      })),
      fc.tuple(tie('number'), tie('number')).map(([v, w]) => ({
        $let: { vars: { v }, in: { $add: ['$$v', w] } },
      })),
      fc.tuple(tie('flag'), tie('number'), tie('number')).map(([condition, yes, no]) => ({
        $switch: { branches: [named(['case', condition], ['then', yes])], default: no },
      })),
    ),
    flag: fc.oneof(
      options,
      fc.boolean(),
      op('$gt', 'number', 'number'),
      op('$lte', 'number', 'number'),
      op('$eq', 'number', 'number'),
      op('$ne', 'text', 'text'),
      op('$and', 'flag', 'flag'),
      op('$or', 'flag', 'flag'),
      op('$not', 'flag'),
      op('$in', 'number', 'list'),
      op('$setIsSubset', 'list', 'list'),
      op('$setEquals', 'list', 'list'),
    ),
    text: fc.oneof(
      options,
      fc.constantFrom('', 'x', 'Plum', '$text'),
      op('$concat', 'text', 'text'),
      tie('text').map((operand) => ({ $toUpper: operand })),
      tie('text').map((input) => ({ $trim: { input, chars: 'xp' } })),
    ),
    list: fc.oneof(
      options,
      fc.constantFrom<Expr>('$list', '$items.n', { $literal: [2, 7] }),
      op('$concatArrays', 'list', 'list'),
      op('$setDifference', 'list', 'list'),
      tie('list').map((operand) => ({ $reverseArray: operand })),
      fc.tuple(tie('list'), fc.integer({ min: 1, max: 3 })).map(([array, n]) => ({
        $slice: [array, n],
      })),
      fc.tuple(tie('list'), tie('number')).map(([input, n]) => ({
        $map: { input, as: 'e', in: { $add: ['$$e', n] } },
      })),
      fc.tuple(tie('list'), tie('number')).map(([input, n]) => ({
        $filter: { input, as: 'e', cond: { $gt: ['$$e', n] } },
      })),
    ),
  }
})

function byMingo(expression: Expr): unknown {
  const found = new Aggregator([{ $project: { _id: 0, v: expression } }]).run([DOCUMENT])
  return (found[0] as Document)['v']
}

describe('expressions of JSON values', () => {
  it.each<[string, Arbitrary<Expr>]>([
    ['numbers', number.map((value) => ({ $add: [value, 0] }))],
    ['truth', flag.map((value) => ({ $and: [value] }))],
    ['texts', text.map((value) => ({ $concat: [value, ''] }))],
    ['arrays', list.map((value) => ({ $concatArrays: [value, []] }))],
  ])('%s are what mingo says', (_what, expression) => {
    fc.assert(
      fc.property(expression, (given) => {
        const ours = JSON.stringify(compute(given, DOCUMENT), (_name, value: unknown) =>
          typeof value === 'object' && value !== null && '_bsontype' in value
            ? Number(value)
            : value,
        )
        expect(ours).toBe(JSON.stringify(byMingo(given)))
      }),
      { numRuns: 400 },
    )
  })
})
