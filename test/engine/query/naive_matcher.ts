/**
 * The query language once more, as directly as it can be said: every operator asks all values at
 * the path, nothing is compiled, normalised or decided early. For the operators that `documents.ts`
 * makes.
 */
import {
  canonicalOrder,
  compareValues,
  type Document,
  numberToDouble,
  parsePath,
  someLeafAt,
  typeOf,
  valuesAtPath,
} from '../../../src/bson/index.ts'

export function naiveMatches(filter: Document, document: Document): boolean {
  return Object.entries(filter).every(([name, operand]) => {
    if (name === '$and')
      return (operand as Document[]).every((each) => naiveMatches(each, document))
    if (name === '$or') return (operand as Document[]).some((each) => naiveMatches(each, document))
    if (name === '$nor')
      return !(operand as Document[]).some((each) => naiveMatches(each, document))
    return satisfies(document, name, operand)
  })
}

function satisfies(document: Document, path: string, condition: unknown): boolean {
  if (isOperators(condition)) {
    return Object.entries(condition).every(([name, operand]) =>
      apply(document, path, name, operand),
    )
  }
  if (condition instanceof RegExp) return apply(document, path, '$regex', condition.source)
  return apply(document, path, '$eq', condition)
}

function apply(document: Document, path: string, name: string, operand: unknown): boolean {
  const values = valuesAtPath(document, parsePath(path))
  switch (name) {
    case '$eq':
      return values.some((value) => equals(value, operand))
    case '$ne':
      return !values.some((value) => equals(value, operand))
    case '$in':
      return values.some((value) => isMember(value, operand as unknown[]))
    case '$nin':
      return !values.some((value) => isMember(value, operand as unknown[]))
    case '$all':
      return (
        (operand as unknown[]).length > 0 &&
        (operand as unknown[]).every((each) => values.some((value) => equals(value, each)))
      )
    case '$exists':
      return values.some((value) => value !== undefined) === operand
    case '$type':
      return values.some((value) => value !== undefined && typeOf(value) === operand)
    case '$not':
      return !satisfies(document, path, operand)
    case '$regex':
      return values.some(
        (value) => typeof value === 'string' && new RegExp(operand as string).test(value),
      )
    case '$size':
      return someLeafAt(
        document,
        parsePath(path),
        (value) => Array.isArray(value) && value.length === operand,
      )
    case '$elemMatch':
      return someLeafAt(
        document,
        parsePath(path),
        (value) =>
          Array.isArray(value) &&
          value.some((element) =>
            Object.entries(operand as Document).every(([inner, limit]) =>
              isOrdered(inner, element, limit),
            ),
          ),
      )
    default:
      return values.some((value) => isOrdered(name, value, operand))
  }
}

function equals(value: unknown, operand: unknown): boolean {
  if (operand === null) return value === null || value === undefined
  return value !== undefined && compareValues(value, operand) === 0
}

function isMember(value: unknown, operands: unknown[]): boolean {
  return operands.some((operand) => equals(value, operand))
}

function isOrdered(name: string, value: unknown, operand: unknown): boolean {
  const canBeEqual = name === '$gte' || name === '$lte'
  if (equals(value, operand)) return canBeEqual
  if (operand === null || value === undefined) return false
  if (canonicalOrder(value) !== canonicalOrder(operand)) return false
  if (isNaNNumber(value) || isNaNNumber(operand)) return false
  return compareValues(value, operand) > 0 === (name === '$gt' || name === '$gte')
}

function isNaNNumber(value: unknown): boolean {
  return canonicalOrder(value) === canonicalOrder(0) && Number.isNaN(numberToDouble(value))
}

function isOperators(value: unknown): value is Document {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof RegExp) &&
    Object.keys(value)[0]?.startsWith('$') === true
  )
}
