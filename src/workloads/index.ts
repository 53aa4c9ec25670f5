/**
 * # workloads: what to do to a database in order to judge it
 *
 * Transactions as data, from a seed (`list_append.ts`, `rw_register.ts`, `bank.ts`, `counter.ts`);
 * a runner over any client with the driver's surface, that takes down what every transaction asked
 * for, saw and did (`run_workload.ts`), or in an order that is given (`interleaving.ts`); and the
 * verdict (`judge_run.ts`). Histories are in the format of `palimpsest check`.
 *
 * Nothing here knows a simulator: the same workloads run against any deployment. Start reading at
 * `workload.ts`. May import `sim` and `check`.
 */
export type {
  WorkloadClient,
  WorkloadCollection,
  WorkloadDb,
  WorkloadSession,
} from './client.ts'
export { type Interleaving, playInterleaving, turnsOf } from './interleaving.ts'
export { judgeRun, LEVEL_DEFAULT, type RunVerdict } from './judge_run.ts'
export {
  collectionOf,
  type RunWorkloadOptions,
  runWorkload,
  WorkloadError,
  type WorkloadRun,
} from './run_workload.ts'
export { WORKLOAD_NAMES, WORKLOADS } from './table.ts'
export type {
  Step,
  TransactionSource,
  Workload,
  WorkloadEvent,
  WorkloadName,
  WorkloadTransaction,
} from './workload.ts'
