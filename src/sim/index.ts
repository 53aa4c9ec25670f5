/**
 * # sim: time, chance and interleaving
 *
 * The three things that make a concurrent program unrepeatable come in through three doors:
 * `Clock`, `Random` and `Scheduler`. Nothing else reads the time, draws a number, sets a timer or
 * decides who runs next, so the same seed and the same program give the same trace, byte for byte.
 *
 * Read `operation.ts` first (what an operation is), then `scheduler.ts` (who runs),
 * `virtual_clock.ts` (when time may pass), `strategy.ts` (who else could have run). The machine's
 * own time and event loop are touched in `real.ts` alone.
 *
 * Imports nothing but `../invariant.ts`.
 */
export { AutoClock } from './auto_clock.ts'
export type { Clock, ClockHost, TimeMode } from './clock.ts'
export { StalledOperationError, StoppedError } from './errors.ts'
export { type Interruption, Interruptor } from './interruptor.ts'
export { ManualClock } from './manual_clock.ts'
export {
  isOperation,
  type MaybeOperation,
  type Operation,
  type Resumption,
  type Sleep,
  type Suspension,
  type SuspensionOptions,
  sleep,
  type Wait,
  wait,
  whenDone,
  type YieldPointName,
  yieldPoints,
} from './operation.ts'
export { Random } from './random.ts'
export { machineMs, machineSleep, wallClockUs } from './real.ts'
export { RealClock } from './real_clock.ts'
export { Scheduler, type SchedulerOptions } from './scheduler.ts'
export type { Choice, Granularity, Strategy } from './strategy.ts'
export type { Task } from './task.ts'
export type { Timer, WakeKind } from './timers.ts'
export { Trace, type TraceEvent } from './trace.ts'
export { WaitQueue } from './wait_queue.ts'
