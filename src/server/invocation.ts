import type { Document } from '../bson/index.ts'
import {
  isInCategory,
  isTransientTransactionError,
  type Namespace,
  type OperationContext,
  type ServerError,
} from '../engine/index.ts'
import { invariant } from '../invariant.ts'
import type { Connection } from './connection.ts'
import type { StrikeError } from './faults/strike.ts'
import type { RegisteredCommand } from './registered_command.ts'
import type { SessionOptions } from './session_options.ts'
import type { Session } from './sessions/session.ts'
import type { ServerState } from './state.ts'
import type { WriteConcern } from './write_concern.ts'

/** Which part of the way an invocation has come; errors mean different things on each. */
export type Stage =
  /** Its envelope is being checked: an error leaves an open transaction alone. */
  | 'checking'
  /** It runs: an error aborts the transaction that it runs in. */
  | 'running'

/** One command on its way through the server: the request, its envelope, its operation. */
export class Invocation {
  readonly server: ServerState
  readonly descriptor: RegisteredCommand
  readonly command: Document
  /** The marks of its fields, joined. */
  readonly marks: number
  readonly ns: Namespace
  readonly connection: Connection
  readonly op: OperationContext
  /** Undefined where the command carries none of the envelope's fields. */
  readonly options: SessionOptions | undefined
  readonly session: Session | undefined
  stage: Stage = 'checking'
  /** Whether it counts as executed: only then it can count as failed. */
  counted = false
  ended = false
  /** Whether its statements were counted and profiled one by one. */
  endedStatements = false
  /** Whether the session is checked out to this operation. */
  holdsSession = false
  readConcern: Document | undefined = undefined
  writeConcern: WriteConcern | undefined = undefined
  /** In place of the labels that would be computed. */
  errorLabels: readonly string[] | undefined = undefined
  /** A fault refuses it in place of whatever it would come to. */
  strikeError: StrikeError | undefined = undefined
  /** A fault closed the connection while it ran: it goes on, and nobody hears of it. */
  losesReply = false
  /** Whether anything was written, so that cluster time moves on. */
  wrote = false
  /** The name that its cursor has: a view's, where one was asked for. */
  shownNs: Namespace
  /** Of a getMore: the command that made the cursor. */
  originatingCommand: Document | undefined = undefined

  /** Made in one place only, once a command: hence no object around the arguments. */
  constructor(
    server: ServerState,
    descriptor: RegisteredCommand,
    command: Document,
    marks: number,
    ns: Namespace,
    connection: Connection,
    op: OperationContext,
    options: SessionOptions | undefined,
    session: Session | undefined,
  ) {
    this.server = server
    this.descriptor = descriptor
    this.command = command
    this.marks = marks
    this.ns = ns
    this.shownNs = ns
    this.connection = connection
    this.op = op
    this.options = options
    this.session = session
  }

  /** What serverStatus counts of this command. */
  get counters(): { total: number; failed: number; rejected: number } {
    const { commands } = this.server.services.metrics
    const { name } = this.descriptor
    const known = commands.get(name)
    if (known !== undefined) return known
    const counters = { total: 0, failed: 0, rejected: 0 }
    commands.set(name, counters)
    return counters
  }

  get inTransaction(): boolean {
    return this.options?.autocommit === false
  }

  /** The number of a retryable write, which has no autocommit. */
  get isRetryableWrite(): boolean {
    const { options } = this
    return options !== undefined && options.txnNumber !== undefined && options.autocommit !== false
  }

  /** Source: `handleError`, write_ops_exec.cpp: these always fail the whole command. */
  failsWholeCommand(error: ServerError): boolean {
    if (isInCategory(error.code, 'Interruption')) return true
    const context = { endsTransaction: false, hasWriteConcernError: false }
    return this.inTransaction && isTransientTransactionError(error.code, context)
  }

  /** An error of a statement that is reported in the reply ends the transaction all the same. */
  abortTransaction(): void {
    const { session } = this
    invariant(this.inTransaction && session !== undefined, 'only a transaction is aborted')
    if (session.participant.isOpen) session.participant.abort('error')
  }
}
