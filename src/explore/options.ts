import type { Level } from '../check/index.ts'
import type { OperationClient, PalimpsestClient } from '../client/index.ts'
import type { SimulatorOptions } from '../palimpsest.ts'
import type { Clock, Granularity, Operation } from '../sim/index.ts'

/** How schedules are chosen; see `strategies/`. */
export type StrategyName = 'exhaustive' | 'random' | 'pct'

/** What an actor gets besides its client and what `setup` returned. */
export interface ActorTools {
  /** Its own name among the actors. */
  readonly name: string
  /** The simulator's clock: `await clock.sleep(5)`. A generator uses `yield* client.sleep(5)`. */
  readonly clock: Clock
}

/** An actor with promises. Its client has the driver's surface. */
export type AsyncActor<Given> = (
  client: PalimpsestClient,
  given: Given,
  tools: ActorTools,
) => Promise<unknown>

/** An actor that needs no promise, which makes exploration many times faster. */
export type GeneratorActor<Given> = (
  client: OperationClient,
  given: Given,
  tools: ActorTools,
) => Operation<unknown>

/**
 * Either of them. A generator's client must be annotated, `function* (client: OperationClient)`:
 * were it a second signature here, the parameters of neither would be known without annotation.
 */
export type Actor<Given> = AsyncActor<Given> | GeneratorFunctionLike

/** What every `function*` fits, whatever it takes. `explore` looks what it was given. */
export interface GeneratorFunctionLike {
  readonly prototype: unknown
  readonly length: number
}

/** Everything of a simulator that a program under exploration may depend on. */
export type ExploredSimulatorOptions = Omit<SimulatorOptions, 'time' | 'strategy' | 'seed'>

export interface ExploreOptions<Given = unknown> {
  /** Drives every choice that chance makes; printed in every report. Default: 1. */
  readonly seed?: number
  /** Default: `pct`. */
  readonly strategy?: StrategyName
  /** How many schedules at most. Default: 1,000; of `exhaustive`, 100,000. */
  readonly schedules?: number
  /** Where actors may be interrupted. Default: `yieldPoint`; of `exhaustive`, `statement`. */
  readonly granularity?: Granularity
  /** Of PCT: how many steps must come in the right order for the bug to show. Default: 3. */
  readonly depth?: number
  /** Runs once, before everything; what it returns is handed to each actor. */
  readonly setup?: (client: PalimpsestClient) => Promise<Given> | Given
  /** Who runs at the same time, by name. */
  readonly actors: Readonly<Record<string, Actor<Given>>>
  /** The level that the committed history must satisfy. Without it, histories are not judged. */
  readonly isolation?: Level
  /** Whether all that an actor does is one logical transaction. Default: `transaction`. */
  readonly unit?: 'transaction' | 'actor'
  /** Runs after each schedule, and throws when broken. */
  readonly invariant?: (client: PalimpsestClient, given: Given) => Promise<void> | void
  /** Runs this schedule alone, as a report's `counterexample.schedule` names it. */
  readonly replay?: string
  /**
   * Whether an actor may end with this error. Default: with one that is labelled
   * TransientTransactionError, by which the database refused its transaction.
   */
  readonly tolerates?: (error: unknown, actor: string) => boolean
  /** Of `exhaustive`: whether schedules that differ only in the order of independent steps count
   * as one. Default: true. */
  readonly reduction?: boolean
  /** Real milliseconds without a step after which a schedule is given up. Default: 1,000. */
  readonly hangAfterMs?: number
  /**
   * Of the simulators that it runs on. Time is virtual, and begins at the same moment each time.
   */
  readonly simulator?: ExploredSimulatorOptions
}
