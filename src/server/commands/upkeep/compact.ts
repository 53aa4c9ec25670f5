import type { Document } from '../../../bson/index.ts'
import { findCollection, ServerError } from '../../../engine/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { isTrue } from '../../truth.ts'

/**
 * What nobody can see any more is given back at once here, so there is never anything to free.
 * Source: compact.cpp, compact.idl (8.0).
 */
export const compact = {
  name: 'compact',
  target: 'collection',
  secondaryAllowed: 'always',
  maintenanceOk: false,
  fields: { force: types.safeBool, freeSpaceTargetMB: types.positive, dryRun: types.bool },
  countsAsCommand: true,
  profiledAs: 'command',
  run({ command, op, ns, server }: Invocation): Document {
    if (server.identity.isReplicaSet && !isTrue(command['force'])) {
      throw new ServerError(
        'IllegalOperation',
        'will not run compact on an active replica set primary as this will slow down other running operations. use force:true to force',
      )
    }
    if (findCollection(op, ns) === undefined) {
      throw new ServerError('NamespaceNotFound', 'collection does not exist')
    }
    return { bytesFreed: 0, ok: 1 }
  },
} as const satisfies CommandDescriptor
