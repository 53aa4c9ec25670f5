import { type Document, typeNameOf } from '../../../bson/index.ts'
import { findCollection, type Namespace, ServerError } from '../../../engine/index.ts'
import { int64 } from '../../count.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { measureCollection } from '../../measure_collection.ts'
import { isTrue } from '../../truth.ts'
import { refuseUnsupported } from '../../unsupported.ts'

/**
 * How much a collection holds; of none: nothing. A range of it is what balancers ask for, which
 * there are none of here. Source: dbcommands_d.cpp, data_size.idl (8.0).
 */
export const dataSize = {
  name: 'dataSize',
  aliases: ['datasize'],
  target: 'database',
  secondaryAllowed: 'optIn',
  fields: {
    keyPattern: types.object,
    min: types.object,
    max: types.object,
    estimate: types.safeBool,
  },
  countsAsCommand: true,
  run({ command, op }: Invocation): Document {
    const ns = namespaceOf(command['dataSize'] ?? command['datasize'])
    refuseUnsupported(command, ['keyPattern', 'min', 'max'])
    const collection = findCollection(op, ns)
    const { count, sizeBytes } =
      collection === undefined ? { count: 0, sizeBytes: 0 } : measureCollection(op, collection)
    return {
      estimate: isTrue(command['estimate']),
      size: int64(sizeBytes),
      numObjects: int64(count),
      millis: 0,
      ok: 1,
    }
  },
} as const satisfies CommandDescriptor

/** @throws ServerError 14, 73 */
function namespaceOf(given: unknown): Namespace {
  if (typeof given !== 'string') {
    throw new ServerError(
      'TypeMismatch',
      `BSON field 'dataSize.dataSize' is the wrong type '${typeNameOf(given)}', expected type 'string'`,
    )
  }
  const dot = given.indexOf('.')
  if (dot > 0 && dot < given.length - 1) {
    return { db: given.slice(0, dot), coll: given.slice(dot + 1) }
  }
  throw new ServerError('InvalidNamespace', `Invalid namespace specified '${given}'`)
}
