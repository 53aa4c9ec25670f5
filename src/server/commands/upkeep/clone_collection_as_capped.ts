import type { Document } from '../../../bson/index.ts'
import { copyAsCapped, namespaceText, ServerError } from '../../../engine/index.ts'
import type { Operation } from '../../../sim/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { cappedSizeOf } from '../create.ts'

/**
 * Copies the newest documents of a collection, as many as there is room for, into a new capped one.
 * Source: clone_collection_as_capped in convert_to_capped.cpp, capped_utils.cpp (8.0).
 */
export const cloneCollectionAsCapped = {
  name: 'cloneCollectionAsCapped',
  target: 'collection',
  fields: { toCollection: types.string, size: types.safeDouble, temp: types.bool },
  required: ['toCollection', 'size'],
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  *run(invocation: Invocation): Operation<Document> {
    const { op, ns, command } = invocation
    const sizeBytes = cappedSizeOf(command['size'])
    const name = command['toCollection'] as string
    if (name === '' || sizeBytes === 0) {
      throw new ServerError('InvalidOptions', 'invalid command spec')
    }
    const to = { db: ns.db, coll: name }
    if (!(yield* copyAsCapped(op, { from: ns, to, sizeBytes }))) {
      throw new ServerError(
        'NamespaceNotFound',
        `source collection ${namespaceText(ns)} does not exist`,
      )
    }
    invocation.wrote = true
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
