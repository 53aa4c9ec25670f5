import { MongoServerError } from '../../client/index.ts'
import type { Palimpsest } from '../../palimpsest.ts'
import { roundMs } from '../numbers.ts'
import type { Attempt, ErrorStep, Step } from './story.ts'

/** A statement as it was typed, with where the trace stood when it began. */
export interface ToldStatement {
  readonly who: string
  readonly text: string
  readonly fromMs: number
  toMs: number
  error: string | undefined
  /** Of a loop that the client drives; the server's attempts are in the trace. */
  readonly attempts: Attempt[]
}

/**
 * Writes down what happens on a simulator: each command as it is typed, and its answer when it
 * comes. Nothing is told that did not happen. A step is written when its time has come, so several
 * actors may be at it at once.
 */
export class Narrator {
  readonly sim: Palimpsest
  readonly steps: Step[] = []
  readonly statements: ToldStatement[] = []

  constructor(sim: Palimpsest) {
    this.sim = sim
  }

  get nowMs(): number {
    return roundMs(this.sim.clock.elapsed())
  }

  /** Lets virtual time come to `atMs` since the simulator was created. */
  async until(atMs: number): Promise<void> {
    const leftMs = atMs - this.sim.clock.elapsed()
    if (leftMs > 0) await this.sim.clock.sleep(leftMs)
  }

  note(text: string): void {
    this.steps.push({ kind: 'note', atMs: this.nowMs, text })
  }

  /** Writes a note at a moment that has passed, before whatever came later. */
  noteAt(atMs: number, text: string): void {
    const later = this.steps.findIndex((step) => step.atMs > atMs)
    const index = later === -1 ? this.steps.length : later
    this.steps.splice(index, 0, { kind: 'note', atMs, text })
  }

  /** What is typed but sends nothing by itself. */
  type(who: string, text: string): void {
    this.steps.push({ kind: 'command', atMs: this.nowMs, who, text })
  }

  print(who: string, text: string): void {
    this.steps.push({ kind: 'print', atMs: this.nowMs, who, text })
  }

  /**
   * Types a command, runs it and writes down the answer.
   *
   * @param view what of the result is shown; all of it by default, nothing for undefined
   * @throws what the command throws, which is written down too
   */
  async tell<T>(
    who: string,
    text: string,
    run: (statement: ToldStatement) => Promise<T>,
    view: (result: T) => unknown = (result) => result,
  ): Promise<T> {
    this.type(who, text)
    const fromMs = this.nowMs
    const statement: ToldStatement = {
      who,
      text,
      fromMs,
      toMs: fromMs,
      error: undefined,
      attempts: [],
    }
    this.statements.push(statement)
    try {
      const result = await run(statement)
      statement.toMs = this.nowMs
      const value = view(result)
      if (value !== undefined) this.steps.push({ kind: 'result', atMs: this.nowMs, who, value })
      return result
    } catch (error) {
      statement.toMs = this.nowMs
      const step = this.#errorStep(who, error)
      statement.error = step.codeName
      this.steps.push(step)
      throw error
    }
  }

  /** The same for a command whose failure is the point of the story. */
  async tellFailure(who: string, text: string, run: () => Promise<unknown>): Promise<ErrorStep> {
    try {
      await this.tell(who, text, run)
    } catch {
      const step = this.steps.findLast((one) => one.kind === 'error' && one.who === who)
      if (step?.kind === 'error') return step
    }
    throw new Error(`The story expected an error of: ${text}`)
  }

  /** @throws the error itself where it is none of the server's: then something is wrong with us */
  #errorStep(who: string, error: unknown): ErrorStep {
    if (!(error instanceof MongoServerError)) throw error
    const { name, message, errorLabels } = error
    const code = Number(error.code)
    const codeName = String(error['codeName'])
    return {
      kind: 'error',
      atMs: this.nowMs,
      who,
      name,
      code,
      codeName,
      message,
      labels: [...errorLabels],
    }
  }
}
