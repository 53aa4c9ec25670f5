import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { configDocument } from '../replication/config.ts'
import { memberHost, requireConfig, requireReplicaSet } from '../replication/member.ts'

/** Source: `processReplSetGetConfig`, replication_coordinator_impl.cpp (8.0). */
export const replSetGetConfig = {
  name: 'replSetGetConfig',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const set = requireReplicaSet(invocation)
    const config = requireConfig(set)
    const host = memberHost(invocation, config)
    return { config: configDocument(config, set.configTerm, host), ok: 1 }
  },
} as const satisfies CommandDescriptor
