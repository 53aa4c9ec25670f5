/** Keywords about single values: their type, numbers, strings, one of several. */
import {
  compareNumbers,
  isNumeric,
  isTypeAlias,
  numberToDouble,
  remainderOfNumbers,
  typeNameOf,
  typeOf,
} from '../../../bson/index.ts'
import { BINARY_ORDER } from '../../collation/index.ts'
import { ServerError } from '../../errors.ts'
import { compileRegex } from '../../expression/index.ts'
import { failed, type KeywordParser, mismatched, plainRule, type Rule } from './rule.ts'

/** The names that JSON schema has for types. */
const JSON_TYPES: Readonly<Record<string, readonly string[]>> = {
  array: ['array'],
  boolean: ['bool'],
  null: ['null'],
  number: ['int', 'long', 'double', 'decimal'],
  object: ['object'],
  string: ['string'],
}

const NUMBERS = JSON_TYPES['number']!

export const type: KeywordParser = (operand) =>
  typeRule('type', operand, (name) => {
    if (name === 'integer') {
      throw failed("$jsonSchema type 'integer' is not currently supported.")
    }
    const types = Object.hasOwn(JSON_TYPES, name) ? JSON_TYPES[name] : undefined
    if (types !== undefined) return types
    throw new ServerError('BadValue', `Unknown type name alias: ${name}`)
  })

export const bsonType: KeywordParser = (operand) =>
  typeRule('bsonType', operand, (name) => {
    if (name === 'number') return NUMBERS
    if (isTypeAlias(name)) return [name]
    throw new ServerError('BadValue', `Unknown type name alias: ${name}`)
  })

function typeRule(
  keyword: string,
  operand: unknown,
  typesOf: (name: string) => readonly string[],
): Rule {
  const names: readonly unknown[] = Array.isArray(operand) ? operand : [operand]
  if (names.length === 0)
    throw failed(`$jsonSchema keyword '${keyword}' must name at least one type`)
  const types = new Set<string>()
  for (const name of names) {
    if (typeof name !== 'string') {
      throw mismatched(keyword, 'either a string or an array of strings')
    }
    for (const one of typesOf(name)) types.add(one)
  }
  return {
    keyword,
    test: (value) => types.has(typeOf(value)),
    describe: (value) => ({
      operatorName: keyword,
      specifiedAs: { [keyword]: operand },
      reason: 'type did not match',
      consideredValue: value,
      consideredType: typeNameOf(value),
    }),
  }
}

export const enumeration: KeywordParser = (operand) => {
  if (!Array.isArray(operand)) throw mismatched('enum', 'an array')
  if (operand.length === 0) throw failed("$jsonSchema keyword 'enum' cannot be an empty array")
  const keys = new Set(operand.map(BINARY_ORDER.keyOf))
  if (keys.size < operand.length) {
    throw failed("$jsonSchema keyword 'enum' array cannot contain duplicate values.")
  }
  return plainRule('enum', operand, 'value was not found in enum', (value) =>
    keys.has(BINARY_ORDER.keyOf(value)),
  )
}

/** `maximum` and `minimum`, without their edge where the schema says so. */
function limit(keyword: 'maximum' | 'minimum', exclusive: string, sign: 1 | -1): KeywordParser {
  return (operand, _compile, siblings) => {
    if (!isNumeric(operand)) throw mismatched(keyword, 'a number')
    const isOpen = siblings[exclusive] === true
    return plainRule(keyword, operand, 'comparison failed', (value) => {
      if (!isNumeric(value)) return true
      const difference = compareNumbers(value, operand) * sign
      return isOpen ? difference < 0 : difference <= 0
    })
  }
}

export const maximum: KeywordParser = limit('maximum', 'exclusiveMaximum', 1)
export const minimum: KeywordParser = limit('minimum', 'exclusiveMinimum', -1)

/** Says nothing by itself: the limit reads it. */
function exclusion(keyword: string, limited: string): KeywordParser {
  return (operand, _compile, siblings) => {
    if (typeof operand !== 'boolean') throw mismatched(keyword, 'a boolean')
    if (limited in siblings) return undefined
    throw failed(`$jsonSchema keyword '${limited}' must be a present if '${keyword}' is present`)
  }
}

export const exclusiveMaximum: KeywordParser = exclusion('exclusiveMaximum', 'maximum')
export const exclusiveMinimum: KeywordParser = exclusion('exclusiveMinimum', 'minimum')

export const multipleOf: KeywordParser = (operand) => {
  if (!isNumeric(operand)) throw mismatched('multipleOf', 'a number')
  if (!(numberToDouble(operand) > 0)) {
    throw failed("$jsonSchema keyword 'multipleOf' must have a positive value")
  }
  const reason = 'considered value is not a multiple of the specified value'
  return plainRule('multipleOf', operand, reason, (value) => {
    if (!isNumeric(value)) return true
    return numberToDouble(remainderOfNumbers(value, operand)) === 0
  })
}

/** Lengths of strings are counted in code points. */
function length(
  keyword: string,
  isWithin: (count: number, bound: number) => boolean,
): KeywordParser {
  return (operand) => {
    const bound = countOf(keyword, operand)
    const reason = 'specified string length was not satisfied'
    return plainRule(keyword, operand, reason, (value) =>
      typeof value === 'string' ? isWithin([...value].length, bound) : true,
    )
  }
}

export const maxLength: KeywordParser = length('maxLength', (count, bound) => count <= bound)
export const minLength: KeywordParser = length('minLength', (count, bound) => count >= bound)

/** A whole number that is not negative. */
export function countOf(keyword: string, operand: unknown): number {
  const count = isNumeric(operand) ? numberToDouble(operand) : Number.NaN
  if (Number.isInteger(count) && count >= 0) return count
  throw isNumeric(operand)
    ? failed(`$jsonSchema keyword '${keyword}' must be a representable as a non-negative integer`)
    : mismatched(keyword, 'a number')
}

export const pattern: KeywordParser = (operand) => {
  if (typeof operand !== 'string') throw mismatched('pattern', 'a string')
  const matches = compileRegex({ pattern: operand, options: '' })
  return plainRule('pattern', operand, 'regular expression did not match', (value) =>
    typeof value === 'string' ? matches(value) : true,
  )
}
