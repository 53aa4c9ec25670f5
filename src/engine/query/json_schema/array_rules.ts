/** Keywords about arrays. */
import type { Document } from '../../../bson/index.ts'
import { BINARY_ORDER } from '../../collation/index.ts'
import { type KeywordParser, mismatched, plainRule, type Schema } from './rule.ts'
import { countOf } from './value_rules.ts'

function size(keyword: string, isWithin: (count: number, bound: number) => boolean): KeywordParser {
  return (operand) => {
    const bound = countOf(keyword, operand)
    const reason = 'array did not match specified length'
    return plainRule(keyword, operand, reason, (value) =>
      Array.isArray(value) ? isWithin(value.length, bound) : true,
    )
  }
}

export const maxItems: KeywordParser = size('maxItems', (count, bound) => count <= bound)
export const minItems: KeywordParser = size('minItems', (count, bound) => count >= bound)

export const uniqueItems: KeywordParser = (operand) => {
  if (typeof operand !== 'boolean') throw mismatched('uniqueItems', 'a boolean')
  if (!operand) return undefined
  return {
    keyword: 'uniqueItems',
    test: (value) => !Array.isArray(value) || duplicateIn(value) === undefined,
    describe: (value) => ({
      operatorName: 'uniqueItems',
      specifiedAs: { uniqueItems: true },
      reason: 'found a duplicate item',
      consideredValue: value,
      duplicatedValue: duplicateIn(value as unknown[])?.value,
    }),
  }
}

function duplicateIn(array: readonly unknown[]): { readonly value: unknown } | undefined {
  const seen = new Set<string>()
  for (const value of array) {
    const key = BINARY_ORDER.keyOf(value)
    if (seen.has(key)) return { value }
    seen.add(key)
  }
  return undefined
}

/** One schema for all elements, or one for each place. */
export const items: KeywordParser = (operand, compile) => {
  const schemas: readonly Schema[] | Schema = Array.isArray(operand)
    ? operand.map((one) => compile(one, 'items'))
    : compile(operand, 'items')
  const schemaAt = (at: number): Schema | undefined =>
    Array.isArray(schemas) ? (schemas as readonly Schema[])[at] : (schemas as Schema)
  const failing = (array: readonly unknown[]): number =>
    array.findIndex((element, at) => schemaAt(at)?.test(element) === false)
  return {
    keyword: 'items',
    test: (value) => !Array.isArray(value) || failing(value) < 0,
    describe: (value) => {
      const array = value as readonly unknown[]
      const at = failing(array)
      return {
        operatorName: 'items',
        reason: 'At least one item did not match the sub-schema',
        itemIndex: at,
        details: schemaAt(at)!.describe(array[at]),
      }
    },
  }
}

/** What lies beyond the places that `items` has schemas for. */
export const additionalItems: KeywordParser = (operand, compile, siblings) => {
  const { items: others } = siblings
  if (typeof operand !== 'boolean' && (typeof operand !== 'object' || operand === null)) {
    throw mismatched('additionalItems', 'either an object or a boolean')
  }
  const schema = typeof operand === 'boolean' ? undefined : compile(operand, 'additionalItems')
  if (operand === true || !Array.isArray(others)) return undefined
  const restOf = (value: unknown): readonly unknown[] =>
    Array.isArray(value) ? value.slice(others.length) : []
  return {
    keyword: 'additionalItems',
    test: (value) => restOf(value).every((element) => schema?.test(element) ?? false),
    describe: (value): Document => {
      const rest = restOf(value)
      if (schema === undefined) {
        return {
          operatorName: 'additionalItems',
          specifiedAs: { additionalItems: false },
          reason: 'found additional items',
          additionalItems: rest,
        }
      }
      const at = rest.findIndex((element) => !schema.test(element))
      return {
        operatorName: 'additionalItems',
        reason: 'At least one additional item did not match the sub-schema',
        itemIndex: others.length + at,
        details: schema.describe(rest[at]),
      }
    },
  }
}
