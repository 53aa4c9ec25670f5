/** Documents by field: `$getField`, `$setField`, `$unsetField`, `$mergeObjects`, and to arrays. */
import {
  canonicalText,
  type Document,
  fieldOf,
  isDocument,
  withField,
  withoutField,
} from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Expression } from '../compile.ts'
import {
  argumentsOf,
  constantOf,
  isNullish,
  namedArguments,
  type Operator,
  typeText,
  unary,
} from '../operator.ts'

/** A field by its whole name, dots and dollars included. */
const getField: Operator = {
  name: '$getField',
  parse(operand, context) {
    const given = getFieldArguments(operand)
    const field = context.compile(given.field)
    const input = context.compile(given.input)
    return (document) => {
      const name = field(document)
      if (typeof name !== 'string') {
        throw new ServerError(
          5654602,
          `$getField requires 'field' to evaluate to type String, but got ${typeText(name)}`,
        )
      }
      const value = input(document)
      if (isNullish(value)) return value
      return isDocument(value) ? fieldOf(value, name) : undefined
    }
  },
}

/** The name may stand alone. Source: `ExpressionGetField::parse`. */
function getFieldArguments(operand: unknown): { readonly field: unknown; readonly input: unknown } {
  const isAlone = !isDocument(operand) || Object.keys(operand)[0]?.startsWith('$') === true
  if (isAlone) return { field: operand, input: '$$CURRENT' }
  const given = namedArguments(operand, {
    names: ['field', 'input'],
    notAnObject: () => new ServerError(3041700, '$getField expects an object of named arguments'),
    unknown: (name) => new ServerError(3041701, `$getField found an unknown argument: ${name}`),
  })
  if (!('field' in given)) {
    throw new ServerError(3041702, "$getField requires 'field' to be specified")
  }
  if (!('input' in given)) {
    throw new ServerError(3041703, "$getField requires 'input' to be specified")
  }
  return { field: given.field, input: given.input }
}

/** `$$REMOVE` as the value takes the field away, which `$unsetField` always does. */
function fieldSetter(operator: '$setField' | '$unsetField'): Operator {
  const hasValue = operator === '$setField'
  return {
    name: operator,
    parse(operand, context) {
      const given = namedArguments(operand, {
        names: hasValue ? (['field', 'input', 'value'] as const) : (['field', 'input'] as const),
        notAnObject: () =>
          new ServerError(4161100, `${operator} only supports an object as its argument`),
        unknown: (name) =>
          new ServerError(4161101, `${operator} found an unknown argument: ${name}`),
      }) as { readonly field?: unknown; readonly input?: unknown; readonly value?: unknown }
      const required = (name: string, code: number): void => {
        if (name in given) return
        throw new ServerError(code, `${operator} requires '${name}' to be specified`)
      }
      required('field', 4161102)
      if (hasValue) required('value', 4161103)
      required('input', 4161109)
      const name = fieldName(operator, given.field)
      const value: Expression = hasValue ? context.compile(given.value) : () => undefined
      const input = context.compile(given.input)
      return (document) => {
        const target = input(document)
        if (isNullish(target)) return null
        if (!isDocument(target)) {
          throw new ServerError(4161105, `${operator} requires 'input' to evaluate to type Object`)
        }
        const made = value(document)
        return made === undefined ? withoutField(target, name) : withField(target, name, made)
      }
    },
  }
}

function fieldName(operator: string, given: unknown): string {
  const constant = constantOf(given)
  if (constant === undefined) {
    const isPath = typeof given === 'string'
    throw isPath
      ? new ServerError(
          4161108,
          `'${given}' is a field path reference which is not allowed in this context. Did you mean {$literal: '${given}'}?`,
        )
      : new ServerError(
          4161106,
          `${operator} requires 'field' to evaluate to a constant, but got a non-constant argument`,
        )
  }
  if (typeof constant.value === 'string') return constant.value
  throw new ServerError(
    4161107,
    `${operator} requires 'field' to evaluate to type String, but got ${typeText(constant.value)}`,
  )
}

const mergeObjects: Operator = {
  name: '$mergeObjects',
  parse(operand, context) {
    const given = argumentsOf('$mergeObjects', operand, context)
    return (document) => {
      // One argument may be an array of the documents.
      const values = given.map((argument) => argument(document))
      const [first] = values
      const documents = values.length === 1 && Array.isArray(first) ? first : values
      return documents.reduce(mergedWith, {})
    }
  },
}

/**
 * The fields of a document and those of one more value, which win; null adds nothing.
 *
 * @throws ServerError 40400 for what is no document
 */
export function mergedWith(merged: Document, value: unknown): Document {
  if (isNullish(value)) return merged
  if (isDocument(value)) return { ...merged, ...value }
  throw new ServerError(
    40400,
    `$mergeObjects requires object inputs, but input ${canonicalText(value)} is of type ${typeText(value)}`,
  )
}

const objectToArray: Operator = unary('$objectToArray', (value) => {
  if (isNullish(value)) return null
  if (isDocument(value)) return Object.entries(value).map(([k, v]) => ({ k, v }))
  throw new ServerError(
    40390,
    `$objectToArray requires a document input, found: ${typeText(value)}`,
  )
})

const arrayToObject: Operator = unary('$arrayToObject', (value) => {
  if (isNullish(value)) return null
  if (!Array.isArray(value)) {
    throw new ServerError(
      40386,
      `$arrayToObject requires an array input, found: ${typeText(value)}`,
    )
  }
  const entry = Array.isArray(value[0]) ? entryOfPair : entryOfDocument
  return Object.fromEntries(value.map(entry))
})

/** Source: `ExpressionArrayToObject::evaluate`: all elements are of the kind of the first. */
function entryOfPair(pair: unknown): readonly [string, unknown] {
  if (!Array.isArray(pair)) {
    throw new ServerError(
      40396,
      `$arrayToObject requires a consistent input format. Elements must all be arrays or all be objects. Array was detected, now found: ${typeText(pair)}`,
    )
  }
  if (pair.length !== 2) {
    throw new ServerError(
      40397,
      `$arrayToObject requires an array of size 2 arrays,found array of size: ${pair.length}`,
    )
  }
  const [key, value] = pair
  if (typeof key === 'string') return [key, value]
  throw new ServerError(
    40395,
    `$arrayToObject requires an array of key-value pairs, where the key must be of type string. Found key type: ${typeText(key)}`,
  )
}

function entryOfDocument(entry: unknown): readonly [string, unknown] {
  if (!isDocument(entry)) {
    throw Array.isArray(entry)
      ? new ServerError(
          40391,
          '$arrayToObject requires a consistent input format. Elements must all be arrays or all be objects. Object was detected, now found: array',
        )
      : new ServerError(
          40398,
          `Unrecognised input type format for $arrayToObject: ${typeText(entry)}`,
        )
  }
  const count = Object.keys(entry).length
  if (count !== 2) {
    throw new ServerError(
      40392,
      `$arrayToObject requires an object keys of 'k' and 'v'. Found incorrect number of keys:${count}`,
    )
  }
  if (!Object.hasOwn(entry, 'k') || !Object.hasOwn(entry, 'v')) {
    throw new ServerError(
      40393,
      `$arrayToObject requires an object with keys 'k' and 'v'. Missing either or both keys from: ${canonicalText(entry)}`,
    )
  }
  const { k, v } = entry
  if (typeof k === 'string') return [k, v]
  throw new ServerError(
    40394,
    `$arrayToObject requires an object with keys 'k' and 'v', where the value of 'k' must be of type string. Found type: ${typeText(k)}`,
  )
}

export const OBJECTS: readonly Operator[] = [
  arrayToObject,
  getField,
  mergeObjects,
  objectToArray,
  fieldSetter('$setField'),
  fieldSetter('$unsetField'),
]
