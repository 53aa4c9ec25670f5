import type { Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { type MaybeOperation, type Operation, yieldPoints } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import { noteWriteTime } from '../gossip.ts'
import type { Invocation } from '../invocation.ts'

/** Source: txn_cmds.cpp (8.0). Repeating the commit of a committed transaction is fine. */
export const commitTransaction = {
  name: 'commitTransaction',
  target: 'database',
  fields: { commitTimestamp: types.timestamp, durableTimestamp: types.timestamp },
  adminOnly: true,
  allowedInTransaction: true,
  endsTransaction: true,
  inApiVersion1: true,
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  run(invocation: Invocation): MaybeOperation<Document> {
    const { session, command, op } = invocation
    if (session === undefined || !invocation.inTransaction) {
      throw new ServerError('CommandFailed', 'commitTransaction must be run within a transaction')
    }
    if (command['commitTimestamp'] !== undefined) {
      throw new ServerError(
        'InvalidOptions',
        'commitTransaction cannot provide commitTimestamp to unprepared transaction.',
      )
    }
    return op.exploring ? commitLater(invocation) : commit(invocation)
  },
} as const satisfies CommandDescriptor

function* commitLater(invocation: Invocation): Operation<Document> {
  yield yieldPoints.beforeCommit
  return commit(invocation)
}

function commit(invocation: Invocation): Document {
  const { participant } = invocation.session!
  const isRepeated = participant.state === 'Committed'
  participant.commit()
  invocation.wrote = !isRepeated
  noteWriteTime(invocation)
  return { ok: 1 }
}
