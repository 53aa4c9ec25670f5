import { Long } from 'bson'
import type { Document } from '../../../bson/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import type { Invocation } from '../../invocation.ts'

/** Source: fsync.cpp (8.0). */
export const fsyncUnlock = {
  name: 'fsyncUnlock',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run({ server: { fsyncLock } }: Invocation): Document {
    fsyncLock.release()
    const lockCount = Long.fromNumber(fsyncLock.count)
    return { info: 'fsyncUnlock completed', lockCount, ok: 1 }
  },
} as const satisfies CommandDescriptor
