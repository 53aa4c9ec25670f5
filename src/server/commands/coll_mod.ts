import { canonicalText, type Document, equalValues, numberToDouble } from '../../bson/index.ts'
import {
  type Collection,
  findCollection,
  type Index,
  noteModified,
  ServerError,
  setIndexExpiry,
  switchImages,
} from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { checkDocumentFields, fieldTable, types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { isTrue } from '../truth.ts'
import { refuseUnsupported } from '../unsupported.ts'
import { imagesSwitchedBy } from './pre_and_post_images.ts'

const UNSUPPORTED = [
  'validator',
  'validationLevel',
  'validationAction',
  'viewOn',
  'pipeline',
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
    changeStreamPreAndPostImages: types.object,
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
    const images = imagesSwitchedBy(command, 'collMod', ns)
    const given = (command['index'] ?? undefined) as Document | undefined
    if (given !== undefined) checkIndexRequest(given)
    // To unhide what is not hidden changes nothing; but the index must be there.
    const index = given === undefined ? undefined : findIndex(invocation, collection, given)
    const changed: Document = {}
    if (images !== undefined) {
      yield* switchImages(op, ns, images)
      changed['changeStreamPreAndPostImages'] = { enabled: images }
    }
    const expiry =
      given?.['expireAfterSeconds'] === undefined ? undefined : yield* setExpiry(invocation, given)
    if (expiry !== undefined) {
      changed['index'] = { name: index!.name, expireAfterSeconds: expiry.now }
    }
    noteModified(op, collection, changed, expiry && { expireAfterSeconds: expiry.before })
    invocation.wrote = true
    if (expiry === undefined) return { ok: 1 }
    return {
      ...(expiry.before === undefined ? {} : { expireAfterSeconds_old: expiry.before }),
      expireAfterSeconds_new: expiry.now,
      ok: 1,
    }
  },
} as const satisfies CommandDescriptor

/** @throws ServerError 72 */
function* setExpiry(
  invocation: Invocation,
  given: Document,
): Operation<{ readonly before: unknown; readonly now: unknown }> {
  const now = given['expireAfterSeconds']
  const find = (current: Collection): Index => expiring(findIndex(invocation, current, given))
  const seconds = { given: now, value: expiryOf(now) }
  const before = yield* setIndexExpiry(invocation.op, invocation.ns, find, seconds)
  return { before, now }
}

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
