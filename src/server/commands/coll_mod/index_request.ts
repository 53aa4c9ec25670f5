import { Long } from 'bson'
import { canonicalText, type Document, equalValues, numberToDouble } from '../../../bson/index.ts'
import {
  type Collection,
  duplicatesIn,
  type Index,
  type IndexChange,
  ServerError,
} from '../../../engine/index.ts'
import { checkDocumentFields, fieldTable, types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { isTrue } from '../../truth.ts'

/** Server: `CollModIndex`, coll_mod.idl (8.0). */
const FIELDS = fieldTable({
  name: types.string,
  keyPattern: types.object,
  expireAfterSeconds: types.safeInt,
  hidden: types.safeBool,
  unique: types.safeBool,
  prepareUnique: types.safeBool,
})

const invalid = (message: string): ServerError => new ServerError('InvalidOptions', message)
const bad = (message: string): ServerError => new ServerError('BadValue', message)

/** The index that a request names. @throws ServerError 72, 27, 40415, 14 */
export function indexNamed({ ns }: Invocation, collection: Collection, request: Document): Index {
  checkRequest(request)
  if (request['expireAfterSeconds'] !== undefined) checkMayExpire(collection, request)
  const { name, keyPattern } = request
  const found = collection.indexes.find((index) =>
    name === undefined ? equalValues(index.pattern, keyPattern) : index.name === name,
  )
  if (found !== undefined) return found
  const which = name === undefined ? canonicalText(keyPattern) : name
  throw new ServerError('IndexNotFound', `cannot find index ${which} for ns ${ns.db}.${ns.coll}`)
}

function checkRequest(request: Document): void {
  checkDocumentFields(request, 'collMod.index', FIELDS)
  const { name, keyPattern, expireAfterSeconds, hidden, unique, prepareUnique } = request
  if (name !== undefined && keyPattern !== undefined) {
    throw invalid('Cannot specify both key pattern and name.')
  }
  if (name === undefined && keyPattern === undefined) {
    throw invalid('Must specify either index name or key pattern.')
  }
  if ([expireAfterSeconds, hidden, unique, prepareUnique].every((one) => one === undefined)) {
    throw invalid('no expireAfterSeconds, hidden, unique, or prepareUnique field')
  }
}

function checkMayExpire({ options }: Collection, { expireAfterSeconds }: Document): void {
  if (options.capped === true) {
    throw invalid('TTL indexes are not supported for capped collections.')
  }
  if (numberToDouble(expireAfterSeconds) >= 0) return
  throw invalid("TTL index 'expireAfterSeconds' option cannot be less than 0")
}

/**
 * What a request changes of the index; that which is so already changes nothing.
 *
 * @throws ServerError 2, 72. Source: `parseCollModRequest`, coll_mod.cpp (8.0)
 */
export function indexChangeOf({ ns }: Invocation, index: Index, request: Document): IndexChange {
  const { expireAfterSeconds: given, unique, hidden, prepareUnique } = request
  const change: { -readonly [Name in keyof IndexChange]: IndexChange[Name] } = {}
  if (given !== undefined) {
    if (index.spec.expireAfterSeconds === undefined) checkMayBecomeTtl(index)
    change.expiry = { given, seconds: Math.trunc(numberToDouble(given)) }
  }
  if (unique !== undefined) {
    if (!isTrue(unique)) throw bad('Cannot make index non-unique')
    if (!index.unique) change.unique = mayBecomeUnique(index)
  }
  if (hidden !== undefined) {
    if (ns.coll.startsWith('system.')) throw bad("Can't hide index on system collection")
    if (index.isId) throw bad("can't hide _id index")
    if (index.hidden !== isTrue(hidden)) change.hidden = isTrue(hidden)
  }
  if (prepareUnique !== undefined) {
    const isSo = index.spec.prepareUnique === isTrue(prepareUnique) || index.unique
    if (!isSo) change.prepareUnique = isTrue(prepareUnique)
  }
  const asked = [given, unique, hidden, prepareUnique].filter((one) => one !== undefined)
  if (change.prepareUnique !== undefined && asked.length > 1) {
    throw invalid('prepareUnique cannot be combined with any other modification.')
  }
  return change
}

function checkMayBecomeTtl(index: Index): void {
  if (index.isId) throw invalid('the _id field does not support TTL indexes')
  if (index.fields.length === 1) return
  throw invalid('TTL indexes are single-field indexes, compound indexes do not support TTL')
}

function mayBecomeUnique({ spec }: Index): true {
  if (spec.prepareUnique) return true
  throw invalid("Cannot make index unique with 'prepareUnique=false'. Run collMod to set it first.")
}

/** @throws ServerError 359 where values are there more than once */
export function checkConversion({ op }: Invocation, collection: Collection, index: Index): void {
  const violations = duplicatesIn(op, collection, index).map((ids) => ({ ids }))
  if (violations.length === 0) return
  throw new ServerError(
    'CannotConvertIndexToUnique',
    'Cannot convert the index to unique. Please resolve conflicting documents before running collMod again.',
    { violations },
  )
}

/** What was, and what is now. Source: coll_mod_index.cpp (8.0). */
export function replyOf({ spec, hidden }: Index, change: IndexChange): Document {
  const reply: Document = {}
  if (change.expiry !== undefined) {
    const { expireAfterSeconds: before } = spec.document
    if (before !== undefined) reply['expireAfterSeconds_old'] = longOf(before)
    reply['expireAfterSeconds_new'] = longOf(change.expiry.given)
  }
  if (change.hidden !== undefined) {
    reply['hidden_old'] = hidden
    reply['hidden_new'] = change.hidden
  }
  if (change.prepareUnique !== undefined) {
    reply['prepareUnique_old'] = spec.prepareUnique
    reply['prepareUnique_new'] = change.prepareUnique
  }
  if (change.unique !== undefined) reply['unique_new'] = true
  return reply
}

const longOf = (value: unknown): Long => Long.fromNumber(Math.trunc(numberToDouble(value)))
