/**
 * The transactions of a history, each with a number, in the order of their invocations. Columns and
 * not objects, since a history may have millions.
 */
import { HistoryError, type HistoryEvent, type Key, type MicroOperation } from './events.ts'

/** What became of a transaction. */
export const Outcome = { committed: 0, aborted: 1, unknown: 2 } as const

/** When what never completed completed. */
export const NEVER = 0x7fffffff

export interface TransactionTable {
  readonly count: number
  /** Steps as the completion tells them, or the invocation where nothing else is known. */
  readonly operations: readonly (readonly MicroOperation[])[]
  readonly outcome: Uint8Array
  /** Dense numbers of processes; `processNames` has their names. */
  readonly process: Int32Array
  readonly processNames: readonly (string | number)[]
  /** Positions among the history's events; `completedAt` may be `NEVER`. */
  readonly invokedAt: Int32Array
  readonly completedAt: Int32Array
  /** 1 where it set up the initial state, as an `init` event says. */
  readonly isInitial: Uint8Array
  /** Timestamps as completions tell them, `NaN` where one does not; left out where none does. */
  readonly starts?: Float64Array
  readonly commits?: Float64Array
  /** Where its steps stand, for who has to mend them: lines of a file, or positions of events. */
  readonly places?: { readonly unit: 'line' | 'event'; readonly of: Int32Array }
}

/** Where a transaction stands in what was given. */
export function placeOf({ places }: TransactionTable, transaction: number): string {
  return places === undefined ? `T${transaction}` : `${places.unit} ${places.of[transaction]}`
}

interface OpenProcess {
  readonly number: number
  /** The transaction under way, or -1. */
  transaction: number
  /** Whether an outcome nobody knows has ended it. */
  ended: boolean
}

/** Takes events one by one, so that a file need not be in memory as a whole. */
export class TransactionTableBuilder {
  readonly #operations: (readonly MicroOperation[])[] = []
  readonly #outcome: number[] = []
  readonly #process: number[] = []
  readonly #invokedAt: number[] = []
  readonly #completedAt: number[] = []
  readonly #isInitial: number[] = []
  readonly #unit: 'line' | 'event'
  readonly #places: number[] = []
  /** By transaction, with holes; empty as a rule. */
  readonly #starts: number[] = []
  readonly #commits: number[] = []
  readonly #processes = new Map<string | number, OpenProcess>()
  #position = 0

  constructor(unit: 'line' | 'event') {
    this.#unit = unit
  }

  /**
   * @param place the line or the position at which it stands
   * @throws HistoryError where the event does not follow from those before it
   */
  add(event: HistoryEvent, place: number): void {
    const position = this.#position++
    const process = this.#processOf(event.process)
    if (event.type === 'invoke') this.#invoke(event, process, position, place)
    else this.#complete(event, process, position, place)
  }

  finish(): TransactionTable {
    return {
      count: this.#operations.length,
      operations: this.#operations,
      outcome: Uint8Array.from(this.#outcome),
      process: Int32Array.from(this.#process),
      processNames: [...this.#processes.keys()],
      invokedAt: Int32Array.from(this.#invokedAt),
      completedAt: Int32Array.from(this.#completedAt),
      isInitial: Uint8Array.from(this.#isInitial),
      ...(this.#starts.length + this.#commits.length > 0 && {
        starts: columnOf(this.#starts, this.#operations.length),
        commits: columnOf(this.#commits, this.#operations.length),
      }),
      places: { unit: this.#unit, of: Int32Array.from(this.#places) },
    }
  }

  #processOf(name: string | number): OpenProcess {
    let process = this.#processes.get(name)
    if (process === undefined) {
      process = { number: this.#processes.size, transaction: -1, ended: false }
      this.#processes.set(name, process)
    }
    return process
  }

  #invoke(event: HistoryEvent, process: OpenProcess, position: number, place: number): void {
    if (process.ended) {
      throw new HistoryError(
        `process ${event.process} goes on after an info, whose outcome nobody knows`,
      )
    }
    if (process.transaction >= 0) {
      throw new HistoryError(
        `process ${event.process} invokes a transaction before its last one has completed`,
      )
    }
    process.transaction = this.#operations.length
    this.#operations.push(event.value)
    this.#outcome.push(Outcome.unknown)
    this.#process.push(process.number)
    this.#invokedAt.push(position)
    this.#completedAt.push(NEVER)
    this.#isInitial.push(event.f === 'init' ? 1 : 0)
    this.#places.push(place)
  }

  #complete(event: HistoryEvent, process: OpenProcess, position: number, place: number): void {
    const transaction = process.transaction
    if (transaction < 0) {
      throw new HistoryError(`process ${event.process} completes what it has not invoked`)
    }
    process.transaction = -1
    const invoked = this.#operations[transaction]!
    // Of an initial state the invocation has it all, whatever the completion repeats.
    if (event.type === 'ok' && event.f !== 'init') {
      checkSameSteps(event, invoked)
      this.#operations[transaction] = event.value
      this.#places[transaction] = place
      if (typeof event.start === 'number') this.#starts[transaction] = event.start
      if (typeof event.commit === 'number') this.#commits[transaction] = event.commit
    }
    if (event.type === 'info') {
      process.ended = true
      return
    }
    this.#outcome[transaction] = event.type === 'ok' ? Outcome.committed : Outcome.aborted
    this.#completedAt[transaction] = position
  }
}

function columnOf(values: readonly number[], length: number): Float64Array {
  return Float64Array.from({ length }, (_, at) => values[at] ?? Number.NaN)
}

/** A completion tells what its invocation asked for, and what was read. */
function checkSameSteps(event: HistoryEvent, invoked: readonly MicroOperation[]): void {
  const same =
    event.value.length === invoked.length &&
    event.value.every((step, at) => step[0] === invoked[at]![0] && sameTarget(step, invoked[at]!))
  if (!same) {
    throw new HistoryError(
      `process ${event.process} completes other steps than it has invoked: ` +
        `${JSON.stringify(event.value)} of ${JSON.stringify(invoked)}`,
    )
  }
}

/** Of a write the value as well; what a read saw only its completion knows. */
function sameTarget(step: MicroOperation, invoked: MicroOperation): boolean {
  if (step[0] === 'rp') return JSON.stringify(step[1]) === JSON.stringify(invoked[1])
  return (step[1] as Key) === (invoked[1] as Key) && (step[0] === 'r' || step[2] === invoked[2])
}
