/**
 * # explore: a program under every schedule
 *
 * Actors run at the same time on one simulator, a strategy picks who goes next at every step, and
 * after each schedule the history is judged, the invariant asked, the actors looked at. What fails
 * is shrunk, played again from the beginning, and explained.
 *
 *     strategies/   who goes next: random, PCT, exhaustive with partial-order reduction, replay
 *     play/         simulators, actors, their clients; one schedule from begin to end
 *     history/      what was read and written, for the judge
 *     footprint/    what each step touched: which steps depend on each other
 *
 * Start reading at `explore.ts`. Sits on top of everything but the command line.
 */
export { assertExplore, ExplorationError } from './assert_explore.ts'
export { explore } from './explore.ts'
export type {
  Actor,
  ActorTools,
  AsyncActor,
  ExploredSimulatorOptions,
  ExploreOptions,
  GeneratorActor,
  StrategyName,
} from './options.ts'
export type { Counterexample, ExploreReport, FailureKind } from './report.ts'
export { ScheduleMismatchError } from './strategies/replay.ts'
export type { Timeline, TimelineStatement, TimelineStep } from './timeline.ts'
