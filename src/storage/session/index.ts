/**
 * WiredTiger's interface of sessions and positioned cursors, on the core of this layer:
 * positions, misuse, implicit transactions, bounds, truncate. The engine has no use for it; the
 * recorded schedules of the real library are replayed through it (`scripts/oracle.ts`), which is
 * how we know that the core is right.
 */
export { Cursor } from './cursor.ts'
export type { Near } from './cursor_read.ts'
export type { ModifyEntry } from './modify.ts'
export {
  type CursorOptions,
  Session,
  type SessionOptions,
  type TransactionTimestamps,
} from './session.ts'
export type { LastError } from './session_core.ts'
