/** Keywords about documents and their fields. */
import { type Document, fieldOf, isDocument } from '../../../bson/index.ts'
import { compileRegex } from '../../expression/index.ts'
import { failed, type KeywordParser, mismatched, type Rule, type Schema } from './rule.ts'
import { countOf } from './value_rules.ts'

/** A rule about documents: other values satisfy it. */
function documentRule(
  keyword: string,
  test: (document: Document) => boolean,
  describe: (document: Document) => Document,
): Rule {
  return {
    keyword,
    test: (value) => !isDocument(value) || test(value),
    describe: (value) => ({ operatorName: keyword, ...describe(value as Document) }),
  }
}

export const required: KeywordParser = (operand) => {
  const names = namesOf('required', operand)
  const missingIn = (document: Document): string[] =>
    names.filter((name) => fieldOf(document, name) === undefined)
  return documentRule(
    'required',
    (document) => missingIn(document).length === 0,
    (document) => ({
      specifiedAs: { required: operand },
      missingProperties: missingIn(document).sort(),
    }),
  )
}

function namesOf(keyword: string, operand: unknown): string[] {
  if (!Array.isArray(operand)) throw mismatched(keyword, 'an array')
  if (operand.length === 0) {
    throw failed(`$jsonSchema keyword '${keyword}' cannot be an empty array`)
  }
  const names = operand.map((name: unknown) => {
    if (typeof name === 'string') return name
    throw mismatched(keyword, 'an array of strings')
  })
  if (new Set(names).size === names.length) return names
  throw failed(`$jsonSchema keyword '${keyword}' array cannot contain duplicate values`)
}

export const properties: KeywordParser = (operand, compile) => {
  if (!isDocument(operand)) throw mismatched('properties', 'an object')
  const schemas = Object.entries(operand).map(
    ([name, given]) => [name, compile(given, 'properties')] as const,
  )
  const failing = (document: Document) =>
    schemas.filter(([name, schema]) => {
      const value = fieldOf(document, name)
      return value !== undefined && !schema.test(value)
    })
  return documentRule(
    'properties',
    (document) => failing(document).length === 0,
    (document) => ({
      propertiesNotSatisfied: failing(document).map(([name, schema]) => ({
        propertyName: name,
        ...titled(schema),
        details: schema.describe(fieldOf(document, name)),
      })),
    }),
  )
}

/** What a schema says of itself. */
export function titled({ title, description }: Schema): Document {
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
  }
}

export const patternProperties: KeywordParser = (operand, compile) => {
  if (!isDocument(operand)) throw mismatched('patternProperties', 'an object')
  const patterns = Object.entries(operand).map(([pattern, given]) => ({
    pattern,
    matches: compileRegex({ pattern, options: '' }),
    schema: compile(given, 'patternProperties'),
  }))
  const failing = (document: Document): Document[] =>
    patterns.flatMap(({ pattern, matches, schema }) =>
      Object.entries(document)
        .filter(([name, value]) => matches(name) && !schema.test(value))
        .map(([name, value]) => ({
          propertyName: name,
          regexMatched: pattern,
          details: schema.describe(value),
        })),
    )
  return documentRule(
    'patternProperties',
    (document) => failing(document).length === 0,
    (document) => ({ details: failing(document) }),
  )
}

/** Of the fields that neither `properties` nor `patternProperties` names. */
export const additionalProperties: KeywordParser = (operand, compile, siblings) => {
  if (typeof operand !== 'boolean' && !isDocument(operand)) {
    throw mismatched('additionalProperties', 'either an object or a boolean')
  }
  const schema = typeof operand === 'boolean' ? undefined : compile(operand, 'additionalProperties')
  if (operand === true) return undefined
  const known = new Set(Object.keys((siblings['properties'] ?? {}) as Document))
  const patterns = Object.keys((siblings['patternProperties'] ?? {}) as Document).map((pattern) =>
    compileRegex({ pattern, options: '' }),
  )
  const failing = (document: Document) =>
    Object.entries(document).filter(([name, value]) => {
      if (known.has(name) || patterns.some((matches) => matches(name))) return false
      return schema === undefined || !schema.test(value)
    })
  return documentRule(
    'additionalProperties',
    (document) => failing(document).length === 0,
    (document) => {
      const found = failing(document)
      if (schema === undefined) {
        const names = found.map(([name]) => name)
        return { specifiedAs: { additionalProperties: false }, additionalProperties: names }
      }
      const [name, value] = found[0]!
      return {
        reason: 'at least one additional property did not match the subschema',
        failingProperty: name,
        details: schema.describe(value),
      }
    },
  )
}

function fieldCount(
  keyword: string,
  isWithin: (count: number, bound: number) => boolean,
): KeywordParser {
  return (operand) => {
    const bound = countOf(keyword, operand)
    return documentRule(
      keyword,
      (document) => isWithin(Object.keys(document).length, bound),
      (document) => ({
        specifiedAs: { [keyword]: operand },
        reason: 'specified number of properties was not satisfied',
        numberOfProperties: Object.keys(document).length,
      }),
    )
  }
}

export const maxProperties: KeywordParser = fieldCount('maxProperties', (n, bound) => n <= bound)
export const minProperties: KeywordParser = fieldCount('minProperties', (n, bound) => n >= bound)

/** Where one field is, others must be, or the document must satisfy another schema. */
export const dependencies: KeywordParser = (operand, compile) => {
  if (!isDocument(operand)) throw mismatched('dependencies', 'an object')
  const dependents = Object.entries(operand).map(([name, given]) => ({
    name,
    ...(Array.isArray(given)
      ? { names: namesOf('dependencies', given) }
      : { schema: compile(given, 'dependencies') }),
  }))
  const describeOne = (document: Document, dependent: (typeof dependents)[number]) => {
    if (fieldOf(document, dependent.name) === undefined) return undefined
    if ('schema' in dependent) {
      if (dependent.schema.test(document)) return undefined
      const details = dependent.schema.describe(document)
      return { conditionalProperty: dependent.name, details }
    }
    const missing = dependent.names.filter((name) => fieldOf(document, name) === undefined)
    return missing.length === 0
      ? undefined
      : { conditionalProperty: dependent.name, missingProperties: missing }
  }
  const failing = (document: Document): Document[] =>
    dependents
      .map((dependent) => describeOne(document, dependent))
      .filter((described) => described !== undefined)
  return documentRule(
    'dependencies',
    (document) => failing(document).length === 0,
    (document) => ({ failingDependencies: failing(document) }),
  )
}
