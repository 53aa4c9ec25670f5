import {
  type CheckOptions,
  checkTable,
  type Level,
  readEvents,
  type TransactionTable,
  type Verdict,
} from '../check/index.ts'
import type { WorkloadRun } from './run_workload.ts'

export interface RunVerdict {
  /** Whether the level holds, and the workload has nothing against the history. */
  readonly ok: boolean
  readonly verdict: Verdict
  /** What the workload's own rule has against the history, in sentences. */
  readonly complaints: readonly string[]
  /** What was judged, and how, for whoever explains it. */
  readonly table: TransactionTable
  readonly options: CheckOptions
}

/** The isolation that MongoDB's transactions promise. */
export const LEVEL_DEFAULT: Level = 'snapshot-isolation'

/** Judges a run: by the level, and by the workload's own rule. Both must hold. */
export function judgeRun(
  { workload, events }: Pick<WorkloadRun, 'workload' | 'events'>,
  level: Level = LEVEL_DEFAULT,
): RunVerdict {
  const { model, assumptions } = workload
  const options: CheckOptions = { model, level, ...assumptions }
  const table = readEvents(events)
  const verdict = checkTable(table, options)
  const complaints = workload.complaints(events)
  return { ok: verdict.ok && complaints.length === 0, verdict, complaints, table, options }
}
