import type { CheckOptions, HistoryEvent, Key, MicroOperation, ModelName } from '../check/index.ts'
import type { Random } from '../sim/index.ts'
import type { WorkloadCollection, WorkloadSession } from './client.ts'

export type WorkloadName = 'bank' | 'list-append' | 'rw-register' | 'counter'

/** One step of a transaction, before it is done. Values are unique for their key. */
export type Step =
  | readonly ['append', Key, number]
  | readonly ['w', Key, number]
  | readonly ['r', Key]
  /** Moves an amount from one key to another, where there is enough. The last part is the value. */
  | readonly ['transfer', Key, Key, number, number]
  /** Adds one to the number that is read. The last part is the value. */
  | readonly ['increment', Key, number]

/** A transaction as data: it can be written down, shrunk and played again. */
export type WorkloadTransaction = readonly Step[]

/** An event of a history, with what only the workload's own rule looks at. */
export interface WorkloadEvent extends HistoryEvent {
  /** Of bank and counter: the numbers that were read, by key. */
  readonly numbers?: Readonly<Record<string, number>>
  /** Why it failed, or is not known. */
  readonly error?: string
}

/** What a step saw and did, in the format of a history. */
export interface Performed {
  readonly value: MicroOperation[]
  readonly numbers: Record<string, number>
}

export interface TransactionSource {
  next(): WorkloadTransaction
  /** Reads of everything, for the end. */
  last(): readonly WorkloadTransaction[]
}

/** A kind of load: transactions, what they do to a collection, and how to judge what they saw. */
export interface Workload {
  readonly name: WorkloadName
  readonly summary: string
  /** How the judge reads its histories. */
  readonly model: ModelName
  readonly assumptions: Pick<CheckOptions, 'wfrKeys'>
  source(random: Random): TransactionSource
  /** Puts what must be there into an empty collection. */
  prepare(collection: WorkloadCollection): Promise<unknown>
  /** What a step may do, for the invocation: reads have seen nothing yet. */
  intent(step: Step): readonly MicroOperation[]
  /** Does a step. */
  perform(
    step: Step,
    collection: WorkloadCollection,
    session: WorkloadSession,
    into: Performed,
  ): Promise<void>
  /** What its own rule has against a history, in sentences. */
  complaints(events: readonly WorkloadEvent[]): string[]
}
