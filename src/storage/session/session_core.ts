import { invariant } from '../../invariant.ts'
import {
  EINVAL,
  failsTransaction,
  OK,
  type ReturnCode,
  type SubLevelCode,
  WT_NONE,
  WT_OLDEST_FOR_EVICTION,
  WT_WRITE_CONFLICT,
} from '../codes.ts'
import type { StoreContext } from '../context.ts'
import { type Isolation, ReadView } from '../read_view.ts'
import type { Store } from '../store.ts'
import { isTimestamp } from '../timestamps.ts'
import type { StorageTransaction } from '../transaction.ts'
import type { Timestamp } from '../update.ts'
import type { CursorCore } from './cursor_core.ts'

/** What the last failing call of a session said. */
export interface LastError {
  readonly code: ReturnCode
  readonly subLevel: SubLevelCode
  readonly message: string
}

const NO_ERROR: LastError = { code: OK, subLevel: WT_NONE, message: 'last API call was successful' }

/** `txn.h`, `WT_TXN_ROLLBACK_REASON_*`. */
const MESSAGES: Partial<Record<SubLevelCode, string>> = {
  [WT_WRITE_CONFLICT]: 'Write conflict between concurrent operations',
  [WT_OLDEST_FOR_EVICTION]: 'Transaction has the oldest pinned transaction ID',
}

type AnyCursor = CursorCore<string | number, unknown>

/**
 * The state of a session, and what every call does on its way in and out (`include/api.h`).
 *
 * A session reads with its transaction's eyes, or, when none is running, with its own: a snapshot
 * taken for one operation, and held for as long as any of its cursors stays positioned.
 */
export class SessionCore {
  readonly store: Store
  readonly context: StoreContext
  readonly isolation: Isolation
  transaction: StorageTransaction | undefined = undefined
  /** How many cursors stand on a row. */
  positionedCount = 0
  /** Newest first, which is the order in which they are reset. */
  readonly cursors: AnyCursor[] = []
  lastError: LastError = NO_ERROR
  /** The reason of the failure under way, for `lastError`. */
  reason: SubLevelCode = WT_NONE
  /** The open transaction that the last `WOULD_SPIN` met. */
  blockedBy: StorageTransaction | undefined = undefined
  readonly #idleView: ReadView
  /** A write outside a transaction is under way, and its implicit transaction has not begun. */
  #shallBegin = false

  constructor(store: Store, isolation: Isolation) {
    this.store = store
    this.context = store.context
    this.isolation = isolation
    this.#idleView = new ReadView(store.context.transactions, isolation)
  }

  /** The running transaction. A restore of the store may have ended it behind our back. */
  get running(): StorageTransaction | undefined {
    const transaction = this.transaction
    if (transaction === undefined) return undefined
    if (transaction.state === 'active' || transaction.state === 'prepared') return transaction
    this.transaction = undefined
    return undefined
  }

  get view(): ReadView {
    return this.running ?? this.#idleView
  }

  get idleView(): ReadView {
    return this.#idleView
  }

  get isPrepared(): boolean {
    return this.running?.state === 'prepared'
  }

  /** A call that is refused once the transaction is prepared; being refused does not fail it. */
  call(body: () => ReturnCode): ReturnCode {
    this.enterCall()
    if (this.isPrepared) return this.refuse(EINVAL)
    return this.leaveCall(body())
  }

  /** A call that is possible in any state. */
  callEvenPrepared(body: () => ReturnCode): ReturnCode {
    this.enterCall()
    return this.leaveCall(body())
  }

  enterCall(): void {
    this.lastError = NO_ERROR
    this.reason = WT_NONE
  }

  /**
   * The end of a call: what went wrong is remembered, and fails the transaction if it is that
   * bad.
   */
  leaveCall(code: ReturnCode): ReturnCode {
    if (code === OK) return OK
    const running = this.running
    // A prepared transaction can't fail: WiredTiger would panic, we leave it as it is.
    if (running?.state === 'active' && failsTransaction(code)) running.failed = true
    return this.refuse(code)
  }

  refuse(code: ReturnCode): ReturnCode {
    if (this.lastError.code === OK) {
      const message = MESSAGES[this.reason] ?? ''
      this.lastError = { code, subLevel: this.reason, message }
    }
    return code
  }

  /** Keeps the code of the last failure, and no reason for it. */
  forgetReason(): void {
    const { code } = this.lastError
    this.lastError = { code, subLevel: WT_NONE, message: '' }
  }

  /** Whether a transaction that reads at this timestamp may begin. */
  mayReadAt(timestamp: Timestamp, roundUp: boolean): boolean {
    return isTimestamp(timestamp) && (roundUp || timestamp >= this.context.timestamps.oldest)
  }

  /** With no cursor positioned, only a transaction at snapshot isolation keeps its snapshot. */
  releaseUnlessPositioned(): void {
    invariant(this.positionedCount >= 0, 'a cursor gives up its position once')
    if (this.positionedCount > 0) return
    const { view } = this
    if (view === this.#idleView || view.isolation !== 'snapshot') view.releaseSnapshot()
  }

  /** The next look into a table is to begin an implicit transaction. */
  expectImplicit(): void {
    invariant(this.running === undefined, 'an implicit transaction is begun outside of others')
    this.#shallBegin = true
  }

  /** Whether the implicit transaction was never begun; it is no longer expected. */
  giveUpImplicit(): boolean {
    const neverBegan = this.#shallBegin
    this.#shallBegin = false
    return neverBegan
  }

  /**
   * Begins the implicit transaction if one is expected. It goes on with the snapshot that the
   * session holds, however old (`txn_inline.h:__wt_txn_begin`, `__wt_txn_autocommit_check`).
   */
  beginImplicitly(): void {
    if (!this.#shallBegin) return
    this.#shallBegin = false
    const transaction = this.store.begin({ isolation: this.isolation, implicit: true })
    transaction.takeOver(this.#idleView, { evenOutdated: true })
    this.transaction = transaction
  }

  /** Before a snapshot goes: values that cursors show become their own. */
  keepValues(): void {
    for (const cursor of this.cursors) cursor.keepValue()
  }

  /** Resets cursors, newest first, until none is positioned; later ones keep what they hold. */
  resetCursors(): void {
    for (const cursor of this.cursors) {
      if (this.positionedCount === 0) return
      cursor.reset()
    }
    invariant(this.positionedCount === 0, 'every positioned cursor is one of the session')
  }
}
