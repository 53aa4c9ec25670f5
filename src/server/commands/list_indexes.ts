import type { Document } from '../../bson/index.ts'
import { findCollection, namespaceText, ServerError } from '../../engine/index.ts'
import { listReply } from '../cursors.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { batchSizeOf } from './list_collections.ts'

/** Source: list_indexes.cpp (8.0). */
export const listIndexes = {
  name: 'listIndexes',
  target: 'collection',
  secondaryAllowed: 'optIn',
  maintenanceOk: false,
  fields: { cursor: types.object },
  inApiVersion1: true,
  countsAsCommand: true,
  profiledAs: 'command',
  run(invocation: Invocation): Document {
    const { op, ns, command } = invocation
    const collection = findCollection(op, ns)
    if (collection === undefined) {
      throw new ServerError('NamespaceNotFound', `ns does not exist: ${namespaceText(ns)}`)
    }
    const specs = collection.indexes.map(({ spec }) => spec.document)
    return listReply(invocation, ns, specs, batchSizeOf(command))
  },
} as const satisfies CommandDescriptor
