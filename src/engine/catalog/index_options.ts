import {
  canonicalText,
  type Document,
  equalValues,
  isDocument,
  isNumeric,
  numberToDouble,
  typeNameOf,
} from '../../bson/index.ts'
import { ServerError } from '../errors.ts'

/** Options of createIndexes that change what the index does and that are not built yet. */
const UNSUPPORTED = [
  'weights',
  'wildcardProjection',
  'clustered',
  'bits',
  'min',
  'max',
  '2dsphereIndexVersion',
  'textIndexVersion',
  'default_language',
  'language_override',
] as const

/** Options that are understood; `background` has had no effect since 4.2. */
const KNOWN: ReadonlySet<string> = new Set([
  'v',
  'key',
  'name',
  'ns',
  'unique',
  'sparse',
  'expireAfterSeconds',
  'background',
  'hidden',
  'prepareUnique',
  'collation',
  'partialFilterExpression',
])

/** Server: `allowedIdIndexFieldNames`, index_key_validate.cpp. */
const KNOWN_OF_ID_INDEX: ReadonlySet<string> = new Set(['v', 'key', 'name', 'ns', 'collation'])

const INDEX_NAME_BYTES_MAX = 127 * 1024

/** Everything but the fields of the key. @throws ServerError */
export function checkOptions(given: Document): void {
  checkRequired(given, 'key', 'object')
  checkRequired(given, 'name', 'string')
  checkName(given['name'] as string)
  const spec = canonicalText(given)
  for (const field of UNSUPPORTED) {
    if (field in given) throw notImplemented(field, spec)
  }
  for (const field of Object.keys(given)) {
    if (KNOWN.has(field)) continue
    throw new ServerError(
      'InvalidIndexSpecificationOption',
      `The field '${field}' is not valid for an index specification. Specification: ${spec}`,
    )
  }
  if ('partialFilterExpression' in given && isTruthy(given['sparse'])) {
    throw new ServerError(
      'CannotCreateIndex',
      'cannot mix "partialFilterExpression" and "sparse" options',
    )
  }
  if ('collation' in given && !isDocument(given['collation'])) {
    const type = typeNameOf(given['collation'])
    throw new ServerError(
      'TypeMismatch',
      `The field 'collation' must be an object, but got ${type}`,
    )
  }
  if ('expireAfterSeconds' in given) checkExpiry(given, spec)
}

/** The `_id` index is what it is. @throws ServerError 197, 2 */
export function checkIdOptions(given: Document): void {
  const spec = canonicalText(given)
  for (const field of Object.keys(given)) {
    if (KNOWN_OF_ID_INDEX.has(field)) continue
    throw new ServerError(
      'InvalidIndexSpecificationOption',
      `The field '${field}' is not valid for an _id index specification. Specification: ${spec}`,
    )
  }
  if (equalValues(given['key'], { _id: 1 })) return
  throw new ServerError(
    'BadValue',
    `The field 'key' for an _id index must be {_id: 1}, but got ${canonicalText(given['key'])}`,
  )
}

function checkRequired(given: Document, field: string, type: 'object' | 'string'): void {
  if (!(field in given)) {
    throw new ServerError(
      'FailedToParse',
      `The '${field}' field is a required property of an index specification`,
    )
  }
  const found = typeNameOf(given[field])
  if (found === type) return
  throw new ServerError(
    'TypeMismatch',
    `The field '${field}' must be ${type === 'object' ? 'an object' : 'a string'}, but got ${found}`,
  )
}

function checkName(name: string): void {
  if (name.length === 0) throw new ServerError('CannotCreateIndex', 'index name cannot be empty')
  if (name === '*') throw new ServerError('BadValue', `The index name '*' is not valid.`)
  if (name.length > INDEX_NAME_BYTES_MAX || name.includes('\0')) {
    throw new ServerError('CannotCreateIndex', 'index names cannot contain NUL or be that long')
  }
}

function checkExpiry(given: Document, spec: string): void {
  const seconds = given['expireAfterSeconds']
  const refuse = (why: string): never => {
    throw new ServerError('CannotCreateIndex', `${why}. Index spec: ${spec}`)
  }
  if (!isNumeric(seconds)) {
    const type = typeNameOf(seconds)
    refuse(
      `TTL index 'expireAfterSeconds' option must be numeric, but received a type of '${type}'`,
    )
  }
  if (numberToDouble(seconds) < 0) {
    refuse(`TTL index 'expireAfterSeconds' option cannot be less than 0`)
  }
  if (Object.keys(given['key'] as Document).length !== 1) {
    refuse('TTL indexes are single-field indexes, compound indexes do not support TTL')
  }
}

function notImplemented(option: string, spec: string): ServerError {
  return new ServerError(
    'NotImplemented',
    `Index option '${option}' is not supported. Index spec: ${spec}`,
  )
}

export const isTruthy = (value: unknown): boolean =>
  value === true || (typeof value !== 'boolean' && isNumeric(value) && numberToDouble(value) !== 0)
