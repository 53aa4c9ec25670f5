import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'

export const ping = {
  name: 'ping',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  inApiVersion1: true,
  countsAsCommand: true,
  beforeAuthentication: true,
  run(): Document {
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
