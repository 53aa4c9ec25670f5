import type { Document } from '../bson/index.ts'
import {
  type Namespace,
  type ProfiledOp,
  ServerError,
  type StatementEntry,
} from '../engine/index.ts'
import { isOperation, type MaybeOperation, type Operation } from '../sim/index.ts'
import type { Invocation } from './invocation.ts'
import { countRetried, findDone, statementId } from './retries.ts'
import { countStatement, nextStatement, reportStatement } from './statements.ts'

/** Most statements of one write command; server: write_ops::kMaxWriteBatchSize. */
export const WRITE_BATCH_MAX = 100_000

/**
 * What every write command checks before its first statement.
 *
 * @param codes of the two refusals within transactions, which differ by command
 * @throws ServerError 16, and 50790, 50791 or what `codes` says
 */
export function checkWrites(
  invocation: Invocation,
  statements: number,
  codes: { readonly system: number; readonly unreplicated: number } = WRITE_CODES,
): void {
  const { ns, command } = invocation
  if (statements === 0 || statements > WRITE_BATCH_MAX) {
    throw new ServerError(
      'InvalidLength',
      `Write batch sizes must be between 1 and ${WRITE_BATCH_MAX}. Got ${statements} operations.`,
    )
  }
  if (command['stmtIds'] !== undefined) checkStatementIds(command, statements)
  if (!invocation.inTransaction) return
  const text = `${ns.db}.${ns.coll}`
  if (ns.coll.startsWith('system.')) {
    throw new ServerError(
      codes.system,
      `Cannot write to system collection ${text} within a transaction.`,
    )
  }
  if (ns.db === 'local') {
    throw new ServerError(
      codes.unreplicated,
      `Cannot write to unreplicated collection ${text} within a transaction.`,
    )
  }
}

/** Source: write_ops_exec.cpp */
const WRITE_CODES = { system: 50791, unreplicated: 50790 }

/** Source: `checkOpCountForCommand`, write_ops.cpp */
function checkStatementIds(command: Document, statements: number): void {
  const ids = command['stmtIds'] as unknown[]
  if (command['stmtId'] !== undefined) {
    throw new ServerError(
      'InvalidOptions',
      'May not specify both stmtId and stmtIds in write command.',
    )
  }
  if (ids.length === statements) return
  throw new ServerError(
    'InvalidLength',
    `Number of statement ids must match the number of batch entries. Got ${ids.length} statement ids but ${statements} operations.`,
  )
}

/** One entry of `writeErrors`. Field order: `WriteError::serialize`, write_ops.cpp */
export function writeErrorOf(index: number, error: ServerError): Document {
  return { index, code: error.code, ...error.extra, errmsg: error.message }
}

/** What the commands made of statements, such as update and delete, do with each of them. */
export interface StatementRunner<Outcome> {
  /** Of the statement that ran last. */
  readonly profiledAs: ProfiledOp
  /** Of the statement that ran last, where each has its own. */
  readonly ns?: Namespace
  readonly statements: readonly Document[]
  /** The statement as the profiler shows it: with the defaults that the server fills in. */
  describe(index: number): Document
  execute(index: number): MaybeOperation<Outcome>
  /** Adds a statement's outcome to the reply; whether it wrote anything. */
  accept(index: number, outcome: Outcome): boolean
  /** Adds the outcome of a statement that was done by an earlier attempt. */
  replay(index: number, done: StatementEntry): void
  /** What went otherwise than it should; a part is missing where there is nothing of the kind. */
  reply(writeErrors: Document[] | undefined, retriedStmtIds: number[] | undefined): Document
}

/**
 * Runs the statements of a write command one after the other, each with counters and a profile
 * entry of its own. Source: performUpdates, performDeletes and `handleError` in write_ops_exec.cpp
 * (8.0).
 *
 * A statement's error goes into `writeErrors` and ends an ordered batch; in a transaction it ends
 * the transaction, unless it is one that makes the whole transaction worth another try, or an
 * interruption: then it is the command's own.
 */
export class StatementBatch<Outcome> {
  readonly #invocation: Invocation
  readonly #runner: StatementRunner<Outcome>
  #writeErrors: Document[] | undefined = undefined
  #retriedStmtIds: number[] | undefined = undefined
  #startedUs = 0

  constructor(invocation: Invocation, runner: StatementRunner<Outcome>) {
    this.#invocation = invocation
    this.#runner = runner
    invocation.endedStatements = true
  }

  run(): MaybeOperation<Document> {
    const { length } = this.#runner.statements
    for (let i = 0; i < length; i++) {
      const goOn = this.#attempt(i)
      if (isOperation(goOn)) return this.#runRest(i, goOn)
      if (!goOn) break
    }
    return this.#reply()
  }

  *#runRest(index: number, first: Operation<boolean>): Operation<Document> {
    const { length } = this.#runner.statements
    let goesOn = yield* first
    for (let i = index + 1; goesOn && i < length; i++) {
      const answer = this.#attempt(i)
      goesOn = isOperation(answer) ? yield* answer : answer
    }
    return this.#reply()
  }

  /** @returns whether to go on with the next statement */
  #attempt(index: number): MaybeOperation<boolean> {
    const invocation = this.#invocation
    if (index > 0) nextStatement(invocation)
    this.#startedUs = invocation.op.clock.nowUs()
    if (invocation.isRetryableWrite) {
      if (this.#replayed(index)) return true
      invocation.op.writeLog?.at(index)
    }
    let outcome: MaybeOperation<Outcome>
    try {
      outcome = this.#runner.execute(index)
    } catch (error) {
      return this.#failed(index, error)
    }
    return isOperation(outcome) ? this.#awaited(index, outcome) : this.#done(index, outcome)
  }

  *#awaited(index: number, operation: Operation<Outcome>): Operation<boolean> {
    let outcome: Outcome
    try {
      outcome = yield* operation
    } catch (error) {
      return this.#failed(index, error)
    }
    return this.#done(index, outcome)
  }

  #done(index: number, outcome: Outcome): boolean {
    const wrote = this.#runner.accept(index, outcome)
    const invocation = this.#invocation
    // What a transaction writes counts when it commits.
    if (wrote) invocation.wrote = !invocation.inTransaction
    this.#finishStatement(index, undefined, wrote)
    return true
  }

  #failed(index: number, error: unknown): boolean {
    if (!(error instanceof ServerError)) throw error
    const invocation = this.#invocation
    this.#finishStatement(index, error, false)
    if (invocation.failsWholeCommand(error)) throw error
    this.#writeErrors ??= []
    this.#writeErrors.push(writeErrorOf(index, error))
    if (invocation.inTransaction) {
      invocation.abortTransaction()
      return false
    }
    return invocation.command['ordered'] === false
  }

  #finishStatement(index: number, error: ServerError | undefined, wrote: boolean): void {
    const invocation = this.#invocation
    const { profiledAs, ns = invocation.ns } = this.#runner
    const startedUs = this.#startedUs
    if (!countStatement(invocation, profiledAs, ns, startedUs)) return
    reportStatement(invocation, {
      op: profiledAs,
      command: this.#runner.describe(index),
      startedUs,
      error,
      reply: undefined,
      wroteSession: wrote && invocation.isRetryableWrite,
      ns,
    })
  }

  #replayed(index: number): boolean {
    const invocation = this.#invocation
    const stmtId = statementId(invocation.command, index)
    const done = findDone(invocation, stmtId)
    if (done === undefined) return false
    countRetried(invocation, 1, this.#retriedStmtIds === undefined)
    this.#retriedStmtIds ??= []
    this.#retriedStmtIds.push(stmtId)
    this.#runner.replay(index, done)
    return true
  }

  #reply(): Document {
    if (this.#invocation.writeConcern?.isUnacknowledged === true) return { ok: 1 }
    return this.#runner.reply(this.#writeErrors, this.#retriedStmtIds)
  }
}
