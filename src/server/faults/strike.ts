import type { Document } from '../../bson/index.ts'
import { ConnectionClosedError } from './fail_command.ts'

/** What a fault does; see the methods of `Faults`, which bear the same names. */
export type FaultKind =
  | 'loseRequest'
  | 'loseReply'
  | 'reset'
  | 'stepDown'
  | 'fail'
  | 'conflict'
  | 'delay'

/** An error that a fault puts in the place of a command. */
export interface StrikeError {
  readonly code: number
  readonly message: string
  /** In place of those that the server would compute. */
  readonly labels: readonly string[] | undefined
}

/** What becomes of one command: the work of all faults that struck it. */
export interface Strike {
  /** Virtual microseconds until it comes in. */
  readonly delayUs: number
  /** It never comes in. */
  readonly losesRequest: boolean
  /** It runs, and nobody hears of it. */
  readonly losesReply: boolean
  /** As `losesReply`; where there is a wire, some of the reply goes over it before. */
  readonly resets: boolean
  readonly error: StrikeError | undefined
}

/** The connection broke while the reply was on its way, so that the client has half of it. */
export class ConnectionResetError extends ConnectionClosedError {
  /** What the client was to read. */
  readonly reply: Document

  constructor(reply: Document) {
    super('The connection was reset in the middle of the reply')
    this.reply = reply
  }
}
