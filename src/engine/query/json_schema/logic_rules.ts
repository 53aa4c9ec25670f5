/** Keywords that combine schemas. */
import type { Document } from '../../../bson/index.ts'
import { type CompileSchema, failed, type KeywordParser, mismatched, type Schema } from './rule.ts'

function schemasOf(keyword: string, operand: unknown, compile: CompileSchema): Schema[] {
  if (!Array.isArray(operand)) throw mismatched(keyword, 'an array')
  if (operand.length === 0)
    throw failed(`$jsonSchema keyword '${keyword}' must be a non-empty array`)
  return operand.map((given) => compile(given, keyword))
}

function unsatisfied(schemas: readonly Schema[], value: unknown): Document[] {
  return schemas.flatMap((schema, index) =>
    schema.test(value) ? [] : [{ index, details: schema.describe(value) }],
  )
}

export const allOf: KeywordParser = (operand, compile) => {
  const schemas = schemasOf('allOf', operand, compile)
  return {
    keyword: 'allOf',
    test: (value) => schemas.every((schema) => schema.test(value)),
    describe: (value) => ({
      operatorName: 'allOf',
      schemasNotSatisfied: unsatisfied(schemas, value),
    }),
  }
}

export const anyOf: KeywordParser = (operand, compile) => {
  const schemas = schemasOf('anyOf', operand, compile)
  return {
    keyword: 'anyOf',
    test: (value) => schemas.some((schema) => schema.test(value)),
    describe: (value) => ({
      operatorName: 'anyOf',
      schemasNotSatisfied: unsatisfied(schemas, value),
    }),
  }
}

export const oneOf: KeywordParser = (operand, compile) => {
  const schemas = schemasOf('oneOf', operand, compile)
  const matching = (value: unknown): number[] =>
    schemas.flatMap((schema, index) => (schema.test(value) ? [index] : []))
  return {
    keyword: 'oneOf',
    test: (value) => matching(value).length === 1,
    describe: (value) => {
      const indexes = matching(value)
      return indexes.length > 1
        ? {
            operatorName: 'oneOf',
            reason: 'more than one subschema matched',
            matchingSchemaIndexes: indexes,
          }
        : { operatorName: 'oneOf', schemasNotSatisfied: unsatisfied(schemas, value) }
    },
  }
}

export const not: KeywordParser = (operand, compile) => {
  const schema = compile(operand, 'not')
  return {
    keyword: 'not',
    test: (value) => !schema.test(value),
    describe: () => ({ operatorName: 'not', reason: 'child expression matched' }),
  }
}
