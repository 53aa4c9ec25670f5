import { type OperationContext, type Services, TransactionParticipant } from '../../engine/index.ts'
import { invariant } from '../../invariant.ts'
import { type Operation, WaitQueue } from '../../sim/index.ts'
import type { SessionId } from './lsid.ts'

/** Why a session's transaction is ended from outside. */
export type KillCause = 'expired' | 'killed'

/**
 * A logical session: the thread of a client's operations that share an `lsid`. Operations with a
 * transaction number *check it out*, one at a time; a second one waits its turn. Those without run
 * beside them and see nothing of the transaction.
 * Source: session_catalog.h (8.0).
 */
export class Session {
  readonly id: SessionId
  readonly participant: TransactionParticipant
  lastUsedUs: number
  #holder: OperationContext | undefined = undefined
  #killed: KillCause | undefined = undefined
  readonly #queue: WaitQueue

  constructor(services: Services, id: SessionId) {
    this.id = id
    this.participant = new TransactionParticipant(services, id.text, id.document)
    this.lastUsedUs = services.clock.nowUs()
    this.#queue = new WaitQueue('session check-out')
  }

  /** Nobody needs it any more: the next refresh takes it for one that was idle too long. */
  markEnded(): void {
    this.lastUsedUs = Number.NEGATIVE_INFINITY
  }

  /** The operation that has it checked out now. */
  get holder(): OperationContext | undefined {
    return this.#holder
  }

  get isFree(): boolean {
    return this.#holder === undefined
  }

  checkOut(op: OperationContext): void {
    invariant(this.#holder === undefined, 'a session is checked out by one operation at a time')
    this.#holder = op
  }

  /** Waits until nobody has it, then checks it out. Interruptible; ends at the deadline. */
  *waitForCheckOut(op: OperationContext): Operation<void> {
    try {
      while (!this.isFree) {
        yield* op.waitFor(this.#queue, 'session check-out', Number.POSITIVE_INFINITY)
      }
    } catch (error) {
      // We may have been woken just before: then it is the next one's turn.
      if (this.isFree) this.#queue.notifyOne()
      throw error
    }
    this.checkOut(op)
  }

  checkIn(): void {
    invariant(this.#holder !== undefined, 'only a session that is checked out is checked in')
    this.#holder = undefined
    const cause = this.#killed
    this.#killed = undefined
    if (cause !== undefined && this.participant.isOpen) this.participant.abort(cause)
    if (this.#queue.size > 0) this.#queue.notifyOne()
  }

  /**
   * Ends the transaction in progress: at once where it is idle, else by interrupting its statement,
   * which aborts it when it stops.
   */
  killTransaction(cause: KillCause, interruption: { code: number; message: string }): void {
    if (!this.participant.isOpen) return
    if (this.#holder === undefined) {
      this.participant.abort(cause)
      return
    }
    this.#killed = cause
    this.#holder.kill(interruption.code, interruption.message)
  }
}
