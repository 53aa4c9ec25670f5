import { explore } from './explore.ts'
import type { ExploreOptions } from './options.ts'
import type { Counterexample, ExploreReport } from './report.ts'

/** A schedule under which a program fails. Its message says all there is to say. */
export class ExplorationError extends Error {
  override readonly name = 'ExplorationError'
  readonly report: ExploreReport
  readonly counterexample: Counterexample

  constructor(report: ExploreReport, counterexample: Counterexample) {
    super(messageOf(report, counterexample), { cause: counterexample.error })
    this.report = report
    this.counterexample = counterexample
  }
}

/**
 * As `explore`, but throws where a schedule fails.
 *
 * @throws ExplorationError with what is wrong, why, and how to play it again
 */
export async function assertExplore<Given = unknown>(
  options: ExploreOptions<Given>,
): Promise<ExploreReport> {
  const report = await explore(options)
  if (report.counterexample === undefined) return report
  throw new ExplorationError(report, report.counterexample)
}

function messageOf(
  { strategy, seed, explored }: ExploreReport,
  { summary, explanation, schedule, timelineText }: Counterexample,
): string {
  const indented = explanation.replaceAll(/\n(?=.)/g, '\n  ')
  const times = explored === 1 ? '1 schedule' : `${explored} schedules`
  return [
    `After ${times} (strategy '${strategy}', seed ${seed}): ${summary}.`,
    '',
    `  ${indented}`,
    '',
    timelineText,
    '',
    `Schedule: ${schedule}`,
    `Play it again: explore({ ..., strategy: '${strategy}', seed: ${seed}, replay: '${schedule}' })`,
  ].join('\n')
}
