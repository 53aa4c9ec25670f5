import {
  canonicalText,
  type Document,
  isNumeric,
  numberToDouble,
  typeNameOf,
} from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import type { Direction, IndexField, IndexSpec } from './index_definition.ts'

/** Options of createIndexes that change what the index does and that are not built yet. */
const UNSUPPORTED = [
  'collation',
  'partialFilterExpression',
  'weights',
  'wildcardProjection',
  'prepareUnique',
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
])

const INDEX_NAME_BYTES_MAX = 127 * 1024

export function idIndexSpec(): IndexSpec {
  return {
    name: '_id_',
    fields: [{ path: '_id', parts: ['_id'], direction: 1 }],
    unique: false,
    sparse: false,
    expireAfterSeconds: undefined,
    document: { v: 2, key: { _id: 1 }, name: '_id_' },
  }
}

/**
 * Checks what a user says of an index. Source: index_key_validate.cpp (8.0).
 *
 * @throws ServerError CannotCreateIndex, TypeMismatch, InvalidOptions, ...
 */
export function checkIndexSpec(given: Document): IndexSpec {
  checkOptions(given)
  const key = given['key'] as Document
  const fields = Object.entries(key).map(([path, value]) => checkField(path, value, key))
  if (fields.length === 0) {
    throw new ServerError('CannotCreateIndex', 'Index keys cannot be an empty object')
  }
  if (fields.length > 32) {
    throw new ServerError(13103, `too many compound keys, maximum 32 are allowed`)
  }
  const name = given['name'] as string
  const isId = fields.length === 1 && fields[0]!.path === '_id' && fields[0]!.direction === 1
  const unique = !isId && truthy(given['unique'])
  const sparse = truthy(given['sparse'])
  const seconds = given['expireAfterSeconds']
  const expireAfterSeconds = seconds === undefined ? undefined : numberToDouble(seconds)
  const document: Document = { v: 2, key, name: isId ? '_id_' : name }
  if (unique) document['unique'] = true
  if (sparse) document['sparse'] = true
  if (expireAfterSeconds !== undefined) document['expireAfterSeconds'] = seconds
  return { name: isId ? '_id_' : name, fields, unique, sparse, expireAfterSeconds, document }
}

function checkOptions(given: Document): void {
  const spec = canonicalText(given)
  if (!('key' in given)) {
    throw new ServerError(
      'FailedToParse',
      "The 'key' field is a required property of an index specification",
    )
  }
  if (typeNameOf(given['key']) !== 'object') {
    throw new ServerError(
      'TypeMismatch',
      `The field 'key' must be an object, but got ${typeNameOf(given['key'])}`,
    )
  }
  if (!('name' in given)) {
    throw new ServerError(
      'FailedToParse',
      "The 'name' field is a required property of an index specification",
    )
  }
  const name = given['name']
  if (typeof name !== 'string') {
    throw new ServerError(
      'TypeMismatch',
      `The field 'name' must be a string, but got ${typeNameOf(name)}`,
    )
  }
  if (name.length === 0) throw new ServerError('CannotCreateIndex', 'index name cannot be empty')
  if (name === '*') throw new ServerError('BadValue', `The index name '*' is not valid.`)
  if (name.length > INDEX_NAME_BYTES_MAX || name.includes('\0')) {
    throw new ServerError('CannotCreateIndex', 'index names cannot contain NUL or be that long')
  }
  for (const field of UNSUPPORTED) {
    if (field in given) {
      throw new ServerError(
        'NotImplemented',
        `Index option '${field}' is not supported. Index spec: ${spec}`,
      )
    }
  }
  for (const field of Object.keys(given)) {
    if (KNOWN.has(field)) continue
    throw new ServerError(
      'InvalidIndexSpecificationOption',
      `The field '${field}' is not valid for an index specification. Specification: ${spec}`,
    )
  }
  if (truthy(given['hidden'])) {
    throw new ServerError(
      'NotImplemented',
      `Index option 'hidden' is not supported. Index spec: ${spec}`,
    )
  }
  const seconds = given['expireAfterSeconds']
  if (seconds === undefined) return
  if (!isNumeric(seconds)) {
    throw new ServerError(
      'CannotCreateIndex',
      `TTL index 'expireAfterSeconds' option must be numeric, but received a type of '${typeNameOf(seconds)}'. Index spec: ${spec}`,
    )
  }
  if (numberToDouble(seconds) < 0) {
    throw new ServerError(
      'CannotCreateIndex',
      `TTL index 'expireAfterSeconds' option cannot be less than 0. Index spec: ${spec}`,
    )
  }
  if (Object.keys(given['key'] as Document).length !== 1) {
    throw new ServerError(
      'CannotCreateIndex',
      `TTL indexes are single-field indexes, compound indexes do not support TTL. Index spec: ${spec}`,
    )
  }
}

function checkField(path: string, value: unknown, key: Document): IndexField {
  if (typeof value === 'string') {
    throw new ServerError(
      'CannotCreateIndex',
      `Index type '${value}' is not supported. Index key: ${canonicalText(key)}`,
    )
  }
  if (!isNumeric(value)) {
    throw new ServerError(
      'CannotCreateIndex',
      `Values in v:2 index key pattern cannot be of type ${typeNameOf(value)}. Only numbers > 0, numbers < 0, and strings are allowed.`,
    )
  }
  const number = numberToDouble(value)
  if (number === 0 || Number.isNaN(number)) {
    throw new ServerError('CannotCreateIndex', 'Values in the index key pattern cannot be 0.')
  }
  if (path.length === 0)
    throw new ServerError('CannotCreateIndex', 'Index keys cannot be an empty field.')
  const parts = path.split('.')
  if (parts.some((part) => part.length === 0)) {
    throw new ServerError('CannotCreateIndex', 'Index key contains an empty field name.')
  }
  if (parts.some((part) => part.startsWith('$') && !/^\$(id|ref|db)$/.test(part))) {
    throw new ServerError(
      'CannotCreateIndex',
      `Index key contains an illegal field name: field name starts with '$'.`,
    )
  }
  const direction: Direction = number > 0 ? 1 : -1
  return { path, parts, direction }
}

const truthy = (value: unknown): boolean =>
  value === true || (typeof value !== 'boolean' && isNumeric(value) && numberToDouble(value) !== 0)

/** Whether two specifications mean the same index apart from its name. */
export function sameIndex(a: IndexSpec, b: IndexSpec): boolean {
  return (
    samePattern(a, b) &&
    a.unique === b.unique &&
    a.sparse === b.sparse &&
    a.expireAfterSeconds === b.expireAfterSeconds
  )
}

export function samePattern(a: IndexSpec, b: IndexSpec): boolean {
  return (
    a.fields.length === b.fields.length &&
    a.fields.every(({ path, direction }, i) => {
      const other = b.fields[i]!
      return other.path === path && other.direction === direction
    })
  )
}
