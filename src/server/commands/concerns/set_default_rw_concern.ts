import type { Document } from '../../../bson/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import { documentOrNothing } from '../../envelope.ts'
import { types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { checkOnReplicaSet, defaultsReply } from './get_default_rw_concern.ts'

/** Source: rwc_defaults_commands.cpp (8.0). */
export const setDefaultRWConcern = {
  name: 'setDefaultRWConcern',
  target: 'database',
  fields: { defaultReadConcern: types.object, defaultWriteConcern: types.object },
  adminOnly: true,
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  run(invocation: Invocation): Document {
    checkOnReplicaSet(invocation)
    const { command, server, op } = invocation
    server.concerns.set(
      {
        readConcern: documentOrNothing(command['defaultReadConcern']),
        writeConcern: documentOrNothing(command['defaultWriteConcern']),
      },
      { opTime: server.clusterTime(), wallClockTime: new Date(Math.floor(op.clock.now())) },
    )
    invocation.wrote = true
    return defaultsReply(invocation, false)
  },
} as const satisfies CommandDescriptor
