import type { Document } from '../../../bson/index.ts'
import { ServerError } from '../../../engine/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import type { Invocation } from '../../invocation.ts'

/** There is no file to put aside. Source: `LogRotateCmd`, generic_servers.cpp (8.0). */
export const logRotate = {
  name: 'logRotate',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run({ command }: Invocation): Document {
    const { logRotate: which } = command
    if (typeof which === 'string' && which !== 'server' && which !== 'audit') {
      throw new ServerError('NoSuchKey', `Unknown log type for rotate: ${which}`)
    }
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor
