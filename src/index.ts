/// <reference lib="esnext.disposable" preserve="true" />
/**
 * # Palimpsest
 *
 * An in-memory, multi-version document store that conflicts, backs off, retries and expires as a
 * single-node MongoDB replica set does, on a clock that the test owns. This is the public door.
 */
export type { ClientOptions, PalimpsestClient } from './client/index.ts'
export { type BackoffPolicy, backoffPolicies, ServerError } from './engine/index.ts'
export type { AuthOptions, ListenOptions, UserOptions } from './listening.ts'
export {
  Palimpsest,
  type ServeOptions,
  type SimulatorOptions,
  type SimulatorSave,
} from './palimpsest.ts'
export type {
  ChaosKind,
  ChaosOptions,
  ConflictOptions,
  DelayOptions,
  FailOptions,
  FaultCounts,
  FaultHandle,
  FaultKind,
  FaultScope,
  Faults,
  StepDownOptions,
} from './server/index.ts'
export type { Choice, Clock, Strategy, TimeMode, Trace, TraceEvent } from './sim/index.ts'
export type { OpenTransactionStats, SimulatorStats } from './stats.ts'
