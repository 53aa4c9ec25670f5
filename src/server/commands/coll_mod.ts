import { canonicalText, type Document, equalValues, numberToDouble } from '../../bson/index.ts'
import {
  type Collection,
  findCollection,
  type Index,
  ServerError,
  setIndexExpiry,
} from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { checkDocumentFields, fieldTable, types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { isTrue } from '../truth.ts'
import { refuseUnsupported } from '../unsupported.ts'

const UNSUPPORTED = [
  'validator',
  'validationLevel',
  'validationAction',
  'viewOn',
  'pipeline',
  'changeStreamPreAndPostImages',
  'expireAfterSeconds',
  'timeseries',
  'cappedSize',
  'cappedMax',
  'dryRun',
] as const

/** Server: `CollModIndex`, coll_mod.idl (8.0). */
const INDEX_FIELDS = fieldTable({
  name: types.string,
  keyPattern: types.object,
  expireAfterSeconds: types.safeInt,
  hidden: types.safeBool,
  unique: types.safeBool,
  prepareUnique: types.safeBool,
})

/** Source: coll_mod.idl, coll_mod.cpp (8.0). */
export const collMod = {
  name: 'collMod',
  target: 'collection',
  fields: {
    index: types.object,
    ...Object.fromEntries(UNSUPPORTED.map((name) => [name, types.any])),
  },
  inApiVersion1: true,
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  *run(invocation: Invocation): Operation<Document> {
    const { op, ns, command } = invocation
    const collection = findCollection(op, ns)
    if (collection === undefined) {
      throw new ServerError('NamespaceNotFound', 'ns does not exist')
    }
    refuseUnsupported(command, UNSUPPORTED)
    const given = command['index'] as Document | null | undefined
    if (given === undefined || given === null) return { ok: 1 }
    checkIndexRequest(given)
    // To unhide what is not hidden changes nothing; but the index must be there.
    findIndex(invocation, collection, given)
    const seconds = given['expireAfterSeconds']
    if (seconds === undefined) return { ok: 1 }
    const find = (current: Collection): Index => expiring(findIndex(invocation, current, given))
    const value = expiryOf(seconds)
    const before = yield* setIndexExpiry(op, ns, find, { given: seconds, value })
    invocation.wrote = true
    return {
      ...(before === undefined ? {} : { expireAfterSeconds_old: before }),
      expireAfterSeconds_new: seconds,
      ok: 1,
    }
  },
} as const satisfies CommandDescriptor

const invalid = (message: string): ServerError => new ServerError('InvalidOptions', message)

/** @throws ServerError 72, 40415, 14; 238 for what is not built */
function checkIndexRequest(given: Document): void {
  checkDocumentFields(given, 'collMod.index', INDEX_FIELDS)
  const { name, keyPattern, expireAfterSeconds, hidden, unique, prepareUnique } = given
  if (name !== undefined && keyPattern !== undefined) {
    throw invalid('Cannot specify both key pattern and name.')
  }
  if (name === undefined && keyPattern === undefined) {
    throw invalid('Must specify either index name or key pattern.')
  }
  if ([expireAfterSeconds, hidden, unique, prepareUnique].every((one) => one === undefined)) {
    throw invalid('no expireAfterSeconds, hidden, unique, or prepareUnique field')
  }
  for (const option of ['hidden', 'unique', 'prepareUnique']) {
    if (!isTrue(given[option])) continue
    throw new ServerError('NotImplemented', `Index option '${option}' is not supported`)
  }
}

/** @throws ServerError 27 */
function findIndex({ ns }: Invocation, collection: Collection, given: Document): Index {
  const { name, keyPattern } = given
  const found = collection.indexes.find((index) =>
    name === undefined ? equalValues(index.pattern, keyPattern) : index.name === name,
  )
  if (found !== undefined) return found
  const which = name === undefined ? canonicalText(keyPattern) : name
  throw new ServerError('IndexNotFound', `cannot find index ${which} for ns ${ns.db}.${ns.coll}`)
}

/** An index that may let documents expire. @throws ServerError 72 */
function expiring(index: Index): Index {
  if (index.isId) throw invalid('the _id field does not support TTL indexes')
  if (index.fields.length === 1) return index
  throw invalid('TTL indexes are single-field indexes, compound indexes do not support TTL')
}

function expiryOf(given: unknown): number {
  const seconds = Math.trunc(numberToDouble(given))
  if (seconds >= 0) return seconds
  throw invalid("TTL index 'expireAfterSeconds' option cannot be less than 0")
}
