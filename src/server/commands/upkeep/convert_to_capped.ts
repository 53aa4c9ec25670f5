import type { Document } from '../../../bson/index.ts'
import { copyAsCapped, namespaceText, ServerError } from '../../../engine/index.ts'
import type { Operation } from '../../../sim/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { cappedSizeOf } from '../create.ts'

/**
 * A new capped collection takes the place of one: without its indexes, and with as many of its
 * newest documents as there is room for. Source: convert_to_capped.cpp, capped_utils.cpp (8.0).
 */
export const convertToCapped = {
  name: 'convertToCapped',
  target: 'collection',
  fields: { size: types.safeDouble },
  required: ['size'],
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  *run(invocation: Invocation): Operation<Document> {
    const { op, ns, command } = invocation
    const sizeBytes = cappedSizeOf(command['size'])
    if (sizeBytes === 0) {
      throw new ServerError('InvalidOptions', 'Capped collection size must be greater than zero')
    }
    if (!(yield* copyAsCapped(op, { from: ns, to: ns, sizeBytes }))) {
      throw new ServerError(
        'NamespaceNotFound',
        `source collection ${namespaceText(ns)} does not exist`,
      )
    }
    invocation.wrote = true
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
