import { type Document, numberToDouble } from '../../bson/index.ts'
import {
  type CollectionOptions,
  createCollection,
  orderOf,
  ServerError,
} from '../../engine/index.ts'
import type { MaybeOperation } from '../../sim/index.ts'
import { clusteredIndexOf } from '../clustered_option.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { collationOf } from '../terms.ts'
import { isTrue } from '../truth.ts'
import { refuseUnsupported } from '../unsupported.ts'
import { VALIDATION_FIELDS, validationIn } from '../validation_options.ts'
import { checkNoViewAt, createViewOf, isViewRequest } from '../views/create_view.ts'
import { imagesSwitchedBy } from './pre_and_post_images.ts'

const UNSUPPORTED = [
  'idIndex',
  'storageEngine',
  'indexOptionDefaults',
  'timeseries',
  'expireAfterSeconds',
  'encryptedFields',
] as const

/** Source: create.idl, create_command.cpp (8.0). */
export const create = {
  name: 'create',
  target: 'collection',
  fields: {
    capped: types.safeBool,
    clusteredIndex: types.any,
    size: types.positive,
    max: types.safeInt,
    changeStreamPreAndPostImages: types.object,
    collation: types.object,
    ...VALIDATION_FIELDS,
    viewOn: types.string,
    pipeline: types.array,
    ...Object.fromEntries(UNSUPPORTED.map((name) => [name, types.any])),
  },
  allowedInTransaction: true,
  inApiVersion1: true,
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  creates: true,
  run(invocation: Invocation): MaybeOperation<Document> {
    const { op, ns, command } = invocation
    refuseUnsupported(command, UNSUPPORTED)
    if (isViewRequest(command)) return createViewOf(invocation)
    checkNoViewAt(op, ns)
    createCollection(op, ns, {
      ...optionsOf(invocation),
      ...validationIn(invocation),
      ...collationOptionOf(command),
      ...clusteredIndexOf(command),
    })
    invocation.wrote = !invocation.inTransaction
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor

/** How the collection's strings compare, with all fields; nothing for the simple way. */
function collationOptionOf(command: Document): Pick<CollectionOptions, 'collation'> {
  const { collation } = orderOf(collationOf(command) ?? {})
  return collation === undefined ? {} : { collation }
}

function optionsOf({ command, ns }: Invocation): CollectionOptions {
  const sizes = sizesOf(command)
  if (imagesSwitchedBy(command, 'create', ns) !== true) return sizes
  return { ...sizes, changeStreamPreAndPostImages: { enabled: true } }
}

function sizesOf(command: Document): CollectionOptions {
  const { size, max } = command
  if (!isTrue(command['capped'])) {
    if (size === undefined && max === undefined) return {}
    throw new ServerError(
      'InvalidOptions',
      "the 'capped' field needs to be true when either the 'size' or 'max' fields are present",
    )
  }
  if (size === undefined) {
    throw new ServerError('InvalidOptions', "the 'size' field is required when 'capped' is true")
  }
  const options = { capped: true, size: cappedSizeOf(size) }
  const most = max === undefined ? 0 : Math.trunc(numberToDouble(max))
  return most > 0 ? { ...options, max: most } : options
}

/** One petabyte. */
const CAPPED_BYTES_MAX = 2 ** 50

/**
 * Bytes that a capped collection may hold: a multiple of 256.
 *
 * @throws ServerError BadValue. Source: `checkAndAdjustCappedSize`, collection_options.cpp (8.0)
 */
export function cappedSizeOf(given: unknown): number {
  const size = Math.trunc(numberToDouble(given))
  if (size < 0) throw new ServerError('BadValue', 'size has to be >= 0')
  if (size > CAPPED_BYTES_MAX) throw new ServerError('BadValue', 'size cannot exceed 1 PB')
  return Math.ceil(size / 256) * 256
}
