import {
  canonicalText,
  type Document,
  isNumeric,
  numberToDouble,
  typeNameOf,
} from '../../bson/index.ts'
import { BINARY_ORDER, orderOf, type ValueOrder } from '../collation/index.ts'
import { ServerError } from '../errors.ts'
import type { ClusteredIndex, Direction, IndexField, IndexSpec } from './index_definition.ts'
import { checkIdOptions, checkOptions, isTruthy } from './index_options.ts'
import { compilePartialFilter } from './partial_filter.ts'

/** Server: `Ordering::kMaxCompoundIndexKeys`. */
const FIELDS_MAX = 32

/** @param clustered of a collection that is in the order of its `_id` */
export function idIndexSpec(clustered?: ClusteredIndex): IndexSpec {
  return {
    name: clustered?.name ?? '_id_',
    fields: [{ path: '_id', parts: ['_id'], direction: 1 }],
    unique: false,
    sparse: false,
    expireAfterSeconds: undefined,
    order: BINARY_ORDER,
    partial: undefined,
    hidden: false,
    prepareUnique: false,
    document: clustered
      ? { ...clustered, key: { _id: 1 }, clustered: true }
      : { v: 2, key: { _id: 1 }, name: '_id_' },
  }
}

/**
 * Checks what a user says of an index. Source: index_key_validate.cpp (8.0).
 *
 * @param inherited how strings compare where the index does not say: the collection's
 * @throws ServerError CannotCreateIndex, TypeMismatch, InvalidIndexSpecificationOption, ...
 */
export function checkIndexSpec(given: Document, inherited: ValueOrder = BINARY_ORDER): IndexSpec {
  checkOptions(given)
  const key = given['key'] as Document
  const fields = Object.entries(key).map(([path, value]) => checkField(path, value, key))
  if (fields.length === 0) {
    throw new ServerError('CannotCreateIndex', 'Index keys cannot be an empty object')
  }
  if (fields.length > FIELDS_MAX) {
    throw new ServerError(13103, `too many compound keys, maximum ${FIELDS_MAX} are allowed`)
  }
  if (fields.length === 1 && fields[0]!.path === '_id') {
    checkIdOptions(given)
    return idIndexSpec()
  }
  const name = given['name'] as string
  const unique = isTruthy(given['unique'])
  const sparse = isTruthy(given['sparse'])
  const seconds = given['expireAfterSeconds']
  const expireAfterSeconds = seconds === undefined ? undefined : numberToDouble(seconds)
  const { collation, partialFilterExpression } = given
  const order = collation === undefined ? inherited : orderOf(collation as Document)
  const partial =
    partialFilterExpression === undefined
      ? undefined
      : compilePartialFilter(partialFilterExpression, order)
  const hidden = isTruthy(given['hidden'])
  const prepareUnique = isTruthy(given['prepareUnique'])
  const document: Document = { v: 2, key, name }
  if (unique) document['unique'] = true
  if (sparse) document['sparse'] = true
  if (expireAfterSeconds !== undefined) document['expireAfterSeconds'] = seconds
  if (partial !== undefined) document['partialFilterExpression'] = partial.filter
  if (order.collation !== undefined) document['collation'] = order.collation
  if (hidden) document['hidden'] = true
  if (prepareUnique) document['prepareUnique'] = true
  const flags = { unique, sparse, hidden, prepareUnique }
  return { name, fields, ...flags, expireAfterSeconds, order, partial, document }
}

function checkField(path: string, value: unknown, key: Document): IndexField {
  const refuse = (why: string): never => {
    throw new ServerError('CannotCreateIndex', why)
  }
  if (typeof value === 'string') {
    refuse(`Index type '${value}' is not supported. Index key: ${canonicalText(key)}`)
  }
  if (!isNumeric(value)) {
    return refuse(
      `Values in v:2 index key pattern cannot be of type ${typeNameOf(value)}. Only numbers > 0, numbers < 0, and strings are allowed.`,
    )
  }
  const number = numberToDouble(value)
  if (number === 0 || Number.isNaN(number)) {
    refuse('Values in the index key pattern cannot be 0.')
  }
  if (path.length === 0) refuse('Index keys cannot be an empty field.')
  const parts = path.split('.')
  if (parts.some((part) => part.length === 0)) refuse('Index key contains an empty field name.')
  if (parts.some((part) => part.startsWith('$') && !/^\$(id|ref|db)$/.test(part))) {
    refuse(`Index key contains an illegal field name: field name starts with '$'.`)
  }
  const direction: Direction = number > 0 ? 1 : -1
  return { path, parts, direction }
}
