import type { Document } from '../../../bson/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'

/** No shard. Source: sharding_state_command.cpp (8.0). */
export const shardingState = {
  name: 'shardingState',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run(): Document {
    return { enabled: false, ok: 1 }
  },
} as const satisfies CommandDescriptor
