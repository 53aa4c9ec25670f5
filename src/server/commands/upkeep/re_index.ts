import type { Document } from '../../../bson/index.ts'
import { rebuildIndexes, ServerError } from '../../../engine/index.ts'
import type { Operation } from '../../../sim/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import type { Invocation } from '../../invocation.ts'

/** Source: drop_indexes.cpp, `CmdReIndex` (8.0). */
export const reIndex = {
  name: 'reIndex',
  target: 'collection',
  strict: false,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  *run(invocation: Invocation): Operation<Document> {
    const { op, ns, server } = invocation
    if (server.identity.isReplicaSet) {
      throw new ServerError(
        'IllegalOperation',
        'reIndex is only allowed on a standalone mongod instance.',
      )
    }
    const { indexes } = yield* rebuildIndexes(op, ns)
    invocation.wrote = true
    const { length } = indexes
    const documents = indexes.map(({ spec }) => spec.document)
    return { nIndexesWas: length, nIndexes: length, indexes: documents, ok: 1 }
  },
} as const satisfies CommandDescriptor
