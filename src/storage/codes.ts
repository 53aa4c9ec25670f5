/**
 * Return codes: the storage layer answers with numbers and never throws for what a caller may meet.
 *
 * The numbers are WiredTiger's own (`dist/api_err.py`), so that a recorded outcome of the real
 * library compares as it is. `WOULD_SPIN` is ours: WiredTiger's autocommit retries inside the
 * call for ever; we say so and leave the waiting to an operation that can suspend.
 */

export const OK = 0
/** The transaction lost a conflict, or was chosen to make room: roll it back. */
export const WT_ROLLBACK = -31800
/** A value visible to the caller is there already. */
export const WT_DUPLICATE_KEY = -31801
/** Nothing visible to the caller is there. */
export const WT_NOTFOUND = -31803
/** An in-memory store holds as many bytes as it may. */
export const WT_CACHE_FULL = -31807
/** The newest visible update belongs to a prepared transaction, whose outcome nobody knows yet. */
export const WT_PREPARE_CONFLICT = -31808
/** Misuse: wrong order of calls, timestamps against the rules. `errno.h`. */
export const EINVAL = 22
/** A combination that is not supported, such as a write at read-committed isolation. `errno.h`. */
export const ENOTSUP = 95
/**
 * Ours: an implicit transaction conflicts with one that has not ended; WiredTiger would retry on.
 */
export const WOULD_SPIN = -1

export type ReturnCode =
  | typeof OK
  | typeof WT_ROLLBACK
  | typeof WT_DUPLICATE_KEY
  | typeof WT_NOTFOUND
  | typeof WT_CACHE_FULL
  | typeof WT_PREPARE_CONFLICT
  | typeof EINVAL
  | typeof ENOTSUP
  | typeof WOULD_SPIN

/** Why a call failed, one level below its return code (`dist/api_err.py`, sub-level errors). */
export const WT_NONE = -32000
export const WT_WRITE_CONFLICT = -32003
export const WT_OLDEST_FOR_EVICTION = -32004
export const WT_MODIFY_READ_UNCOMMITTED = -32012

export type SubLevelCode =
  | typeof WT_NONE
  | typeof WT_WRITE_CONFLICT
  | typeof WT_OLDEST_FOR_EVICTION
  | typeof WT_MODIFY_READ_UNCOMMITTED

const RETURN_CODE_NAMES: Readonly<Record<ReturnCode, string>> = {
  [OK]: 'OK',
  [WT_ROLLBACK]: 'WT_ROLLBACK',
  [WT_DUPLICATE_KEY]: 'WT_DUPLICATE_KEY',
  [WT_NOTFOUND]: 'WT_NOTFOUND',
  [WT_CACHE_FULL]: 'WT_CACHE_FULL',
  [WT_PREPARE_CONFLICT]: 'WT_PREPARE_CONFLICT',
  [EINVAL]: 'EINVAL',
  [ENOTSUP]: 'ENOTSUP',
  [WOULD_SPIN]: 'WOULD_SPIN',
}

const SUB_LEVEL_NAMES: Readonly<Record<SubLevelCode, string>> = {
  [WT_NONE]: 'WT_NONE',
  [WT_WRITE_CONFLICT]: 'WT_WRITE_CONFLICT',
  [WT_OLDEST_FOR_EVICTION]: 'WT_OLDEST_FOR_EVICTION',
  [WT_MODIFY_READ_UNCOMMITTED]: 'WT_MODIFY_READ_UNCOMMITTED',
}

export function returnCodeName(code: ReturnCode): string {
  return RETURN_CODE_NAMES[code]
}

export function subLevelName(code: SubLevelCode): string {
  return SUB_LEVEL_NAMES[code]
}

/**
 * Whether an outcome marks the transaction as failed, which its commit will ask for. Not finding,
 * finding, and meeting a prepared update are answers, not failures
 * (`txn_inline.h:__wt_txn_err_set`).
 */
export function failsTransaction(code: ReturnCode): boolean {
  return (
    code !== OK && code !== WT_NOTFOUND && code !== WT_DUPLICATE_KEY && code !== WT_PREPARE_CONFLICT
  )
}
