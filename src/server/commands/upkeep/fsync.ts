import { Long } from 'bson'
import { type Document, isNumeric, numberToDouble } from '../../../bson/index.ts'
import type { MaybeOperation, Operation } from '../../../sim/index.ts'
import type { CommandDescriptor } from '../../descriptor.ts'
import type { Invocation } from '../../invocation.ts'
import { isTrue } from '../../truth.ts'

/** Server: fsync_gen.idl, `fsyncLockAcquisitionTimeoutMillis`. */
const TIMEOUT_MS = 90_000

/**
 * There are no files to flush; with `lock`, nobody writes until `fsyncUnlock`.
 * Source: fsync.cpp (8.0).
 */
export const fsync = {
  name: 'fsync',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run(invocation: Invocation): MaybeOperation<Document> {
    return isTrue(invocation.command['lock']) ? lock(invocation) : { numFiles: 1, ok: 1 }
  },
} as const satisfies CommandDescriptor

function* lock(invocation: Invocation): Operation<Document> {
  const { fsyncLock } = invocation.server
  const given = invocation.command['fsyncLockAcquisitionTimeoutMillis']
  const timeoutMs = isNumeric(given) ? numberToDouble(given) : TIMEOUT_MS
  yield* fsyncLock.take(invocation, timeoutMs)
  return {
    info: 'now locked against writes, use db.fsyncUnlock() to unlock',
    lockCount: Long.fromNumber(fsyncLock.count),
    seeAlso: 'http://dochub.mongodb.org/core/fsynccommand',
    ok: 1,
  }
}
