import type { Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'

/** Source: txn_cmds.cpp (8.0). Unlike a commit, it is an error the second time. */
export const abortTransaction = {
  name: 'abortTransaction',
  target: 'database',
  adminOnly: true,
  allowedInTransaction: true,
  endsTransaction: true,
  inApiVersion1: true,
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  run(invocation: Invocation): Document {
    const { session } = invocation
    if (session === undefined || !invocation.inTransaction) {
      throw new ServerError('CommandFailed', 'abortTransaction must be run within a transaction')
    }
    session.participant.abortByClient()
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
