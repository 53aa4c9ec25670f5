import { type Document, isNumeric, numberToDouble } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { requireConfig, requireReplicaSet } from '../replication/member.ts'

/**
 * Keeps a secondary from standing for election; 0 seconds let it do so at once. Source:
 * `CmdReplSetFreeze`, repl_set_commands.cpp; `prepareFreezeResponse`, topology_coordinator.cpp
 * (8.0).
 */
export const replSetFreeze = {
  name: 'replSetFreeze',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { command, op } = invocation
    const set = requireReplicaSet(invocation)
    requireConfig(set)
    const given = command['replSetFreeze']
    const seconds = isNumeric(given) ? Math.trunc(numberToDouble(given)) : 0
    set.freeze(op.clock.nowUs() + seconds * 1_000_000)
    if (seconds === 0) return { info: 'unfreezing', ok: 1 }
    return seconds === 1
      ? { warning: 'you really want to freeze for only 1 second?', ok: 1 }
      : { ok: 1 }
  },
} as const satisfies CommandDescriptor
