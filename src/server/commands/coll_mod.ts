import type { Document } from '../../bson/index.ts'
import {
  type Collection,
  type CollectionOptions,
  findCollection,
  findView,
  type Index,
  type IndexChange,
  modifyCollection,
  noteModified,
  ServerError,
  withIndexChanged,
} from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { isTrue } from '../truth.ts'
import { refuseUnsupported } from '../unsupported.ts'
import { VALIDATION_FIELDS, validationIn } from '../validation_options.ts'
import { modifyViewAs } from '../views/modify_view.ts'
import { checkConversion, indexChangeOf, indexNamed, replyOf } from './coll_mod/index_request.ts'
import { cappedSizeOf } from './create.ts'
import { imagesSwitchedBy } from './pre_and_post_images.ts'

const UNSUPPORTED = ['expireAfterSeconds', 'timeseries', 'dryRun'] as const

/** Source: coll_mod.idl, coll_mod.cpp (8.0). */
export const collMod = {
  name: 'collMod',
  target: 'collection',
  fields: {
    index: types.object,
    ...VALIDATION_FIELDS,
    changeStreamPreAndPostImages: types.object,
    cappedSize: types.safeInt,
    cappedMax: types.safeInt,
    viewOn: types.string,
    pipeline: types.array,
    ...Object.fromEntries(UNSUPPORTED.map((name) => [name, types.any])),
  },
  inApiVersion1: true,
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  *run(invocation: Invocation): Operation<Document> {
    const { op, ns, command } = invocation
    refuseUnsupported(command, UNSUPPORTED)
    const view = findView(op, ns)
    if (view !== undefined) return yield* modifyViewAs(invocation, view)
    const collection = findCollection(op, ns)
    if (collection === undefined) {
      throw new ServerError('NamespaceNotFound', 'ns does not exist')
    }
    refuseOfViews(command)
    const options = optionsIn(invocation, collection)
    const request = command['index'] as Document | null | undefined
    const index = request ? indexNamed(invocation, collection, request) : undefined
    const change = request && index ? indexChangeOf(invocation, index, request) : {}
    yield* modifyCollection(op, ns, (current) => {
      const changed = withOptions(current, options)
      if (!request || Object.keys(change).length === 0) return changed
      const target = indexNamed(invocation, changed, request)
      if (change.unique === true) checkConversion(invocation, changed, target)
      return withIndexChanged(changed, target, change)
    })
    note(invocation, collection, index, change)
    invocation.wrote = true
    return { ...(index === undefined ? {} : replyOf(index, change)), ok: 1 }
  },
} as const satisfies CommandDescriptor

/** @throws ServerError 72 for what only views have */
function refuseOfViews(command: Document): void {
  for (const name of ['pipeline', 'viewOn']) {
    if (command[name] === undefined) continue
    throw new ServerError('InvalidOptions', `'${name}' option only supported on a view`)
  }
}

/** What the command changes beside indexes. @throws ServerError 2, 72 */
function optionsIn(invocation: Invocation, collection: Collection): CollectionOptions {
  const { command, ns } = invocation
  const images = imagesSwitchedBy(command, 'collMod', ns)
  const { cappedSize, cappedMax } = command
  if (collection.options.capped !== true && (cappedSize ?? cappedMax) !== undefined) {
    throw new ServerError('InvalidOptions', 'Collection must be capped.')
  }
  const validation = validationIn(invocation)
  // A new validator says all of it. Source: `CollectionImpl::setValidator`
  const { validationLevel = 'strict', validationAction = 'error' } = collection.options
  const defaults = command['validator'] === undefined ? {} : { validationLevel, validationAction }
  return {
    ...defaults,
    ...validation,
    ...(cappedSize === undefined ? {} : { size: cappedSizeOf(cappedSize) }),
    ...(cappedMax === undefined ? {} : { max: Number(cappedMax) }),
    ...(images === undefined ? {} : { changeStreamPreAndPostImages: { enabled: images } }),
    ...(isEmptied(command) ? { validator: {} } : {}),
  }
}

/** `validator: {}` takes the validator back. */
const isEmptied = ({ validator }: Document): boolean =>
  validator !== undefined && validator !== null && Object.keys(validator).length === 0

function withOptions(collection: Collection, changes: CollectionOptions): Collection {
  if (Object.keys(changes).length === 0) return collection
  const { changeStreamPreAndPostImages, validator, ...others } = {
    ...collection.options,
    ...changes,
  }
  const hasValidator = validator !== undefined && Object.keys(validator).length > 0
  return collection.withOptions({
    ...others,
    ...(hasValidator ? { validator } : {}),
    ...(isTrue(changeStreamPreAndPostImages?.enabled) ? { changeStreamPreAndPostImages } : {}),
  } as CollectionOptions)
}

/** Tells change streams what was asked for. */
function note(
  { op, ns, command }: Invocation,
  before: Collection,
  index: Index | undefined,
  change: IndexChange,
): void {
  const described: Document = {}
  for (const name of ['validator', 'validationLevel', 'validationAction']) {
    if (command[name] !== undefined) described[name] = command[name]
  }
  const images = imagesSwitchedBy(command, 'collMod', ns)
  if (images !== undefined) described['changeStreamPreAndPostImages'] = { enabled: images }
  const { expiry } = change
  if (index === undefined || expiry === undefined) {
    noteModified(op, before, described, undefined)
    return
  }
  described['index'] = { name: index.name, expireAfterSeconds: expiry.given }
  const { expireAfterSeconds } = index.spec.document
  noteModified(op, before, described, { expireAfterSeconds })
}
