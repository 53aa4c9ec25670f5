/**
 * `$jsonSchema`: draft 4 of JSON schema, as far as the server knows it, over BSON's types.
 * Source: json_schema_parser.cpp, doc_validation_error.cpp (8.0).
 */
import { type Document, isDocument } from '../../../bson/index.ts'
import { additionalItems, items, maxItems, minItems, uniqueItems } from './array_rules.ts'
import { allOf, anyOf, not, oneOf } from './logic_rules.ts'
import {
  additionalProperties,
  dependencies,
  maxProperties,
  minProperties,
  patternProperties,
  properties,
  required,
  titled,
} from './object_rules.ts'
import { failed, type KeywordParser, mismatched, type Rule, type Schema } from './rule.ts'
import {
  bsonType,
  enumeration,
  exclusiveMaximum,
  exclusiveMinimum,
  maximum,
  maxLength,
  minimum,
  minLength,
  multipleOf,
  pattern,
  type,
} from './value_rules.ts'

const text = (keyword: string): KeywordParser => {
  return (operand) => {
    if (typeof operand === 'string') return undefined
    throw mismatched(keyword, 'a string')
  }
}

const KEYWORDS: ReadonlyMap<string, KeywordParser> = new Map(
  Object.entries({
    additionalItems,
    additionalProperties,
    allOf,
    anyOf,
    bsonType,
    dependencies,
    description: text('description'),
    enum: enumeration,
    exclusiveMaximum,
    exclusiveMinimum,
    items,
    maxItems,
    maxLength,
    maxProperties,
    maximum,
    minItems,
    minLength,
    minProperties,
    minimum,
    multipleOf,
    not,
    oneOf,
    pattern,
    patternProperties,
    properties,
    required,
    title: text('title'),
    type,
    uniqueItems,
  }),
)

/** Keywords of the standard that the server refuses by name. */
const REFUSED: ReadonlySet<string> = new Set([
  '$ref',
  '$schema',
  'default',
  'definitions',
  'format',
  'id',
])

/** @throws ServerError 9, 14, and those of types and patterns */
export function compileSchema(given: unknown, keyword = ''): Schema {
  if (!isDocument(given)) {
    throw keyword === ''
      ? mismatched('$jsonSchema', 'an object')
      : mismatched(keyword, 'an object, or made of objects')
  }
  if ('type' in given && 'bsonType' in given) {
    throw failed("Cannot specify both $jsonSchema keywords 'type' and 'bsonType'")
  }
  const rules: Rule[] = []
  for (const name in given) {
    const rule = parserOf(name)(given[name], compileSchema, given)
    if (rule !== undefined) rules.push(rule)
  }
  return {
    title: given['title'] as string | undefined,
    description: given['description'] as string | undefined,
    rules,
    test: (value) => rules.every((rule) => rule.test(value)),
    describe: (value) =>
      rules.filter((rule) => !rule.test(value)).map((rule) => rule.describe(value)),
  }
}

function parserOf(name: string): KeywordParser {
  const parser = KEYWORDS.get(name)
  if (parser !== undefined) return parser
  if (name.startsWith('encrypt')) {
    throw failed(`$jsonSchema keyword '${name}' is only supported by clients that encrypt`)
  }
  throw REFUSED.has(name)
    ? failed(`$jsonSchema keyword '${name}' is not currently supported`)
    : failed(`Unknown $jsonSchema keyword: ${name}`)
}

/** Why a document does not satisfy a schema: part of the `details` of a failed validation. */
export function describeSchemaFailure(given: unknown, document: Document): Document {
  const schema = compileSchema(given)
  return {
    operatorName: '$jsonSchema',
    ...titled(schema),
    schemaRulesNotSatisfied: schema.describe(document),
  }
}
