import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { describeServer } from './hello.ts'

/** The same under its old names, for clients that do not know the new one yet. */
export const isMaster = {
  name: 'isMaster',
  aliases: ['ismaster'],
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  inApiVersion1: true,
  countsAsCommand: true,
  beforeAuthentication: true,
  run(invocation: Invocation): Document {
    return describeServer(invocation, 'ismaster')
  },
} as const satisfies CommandDescriptor
