import type { Anomaly, Verdict } from '../check/index.ts'
import { Exploration, type Found, NO_FAILURE } from './exploration.ts'
import type { Failure } from './failure.ts'
import type { ExploreOptions } from './options.ts'
import { renderPage } from './page.ts'
import { remedyFor } from './remedies.ts'
import type { Counterexample } from './report.ts'
import { scheduleText, type Thread } from './schedule_text.ts'
import { ReplayPicker } from './strategies/replay.ts'
import { TimelineRecorder } from './timeline.ts'

/** A schedule played once more, on simulators of its own, with everything taken down. */
interface Retold {
  readonly failure: Failure
  readonly picks: readonly Thread[]
  readonly recorder: TimelineRecorder
  readonly verdict: Verdict | undefined
  readonly history: Counterexample['history']
}

/**
 * Makes a counterexample of a schedule that failed: plays it twice from the very beginning, which
 * must go the same way byte for byte, and explains what was seen.
 */
export async function counterexampleOf<Given>(
  options: ExploreOptions<Given>,
  _exploration: Exploration<Given>,
  found: Found,
): Promise<Counterexample> {
  const first = await retell(options, found.picks)
  const second = await retell(options, found.picks)
  const difference = differenceOf(first, second, found)
  const kind = difference === undefined ? first.failure.kind : 'nondeterminism'
  const anomalies = first.verdict?.anomalies ?? []
  const summary = difference === undefined ? first.failure.summary : difference.summary
  const explanation = difference?.explanation ?? explain(first.failure, anomalies)
  const { timeline, trace } = first.recorder
  const schedule = scheduleText(found.picks)
  return {
    kind,
    schedule,
    summary,
    explanation,
    anomalies,
    verdict: first.verdict,
    history: first.history,
    error: first.failure.error,
    timeline,
    trace,
    toHtml: () => renderPage({ schedule, summary, explanation, timeline, anomalies }),
  }
}

async function retell<Given>(
  options: ExploreOptions<Given>,
  picks: readonly Thread[],
): Promise<Retold> {
  const exploration = await Exploration.begin(options)
  try {
    const { clock } = exploration.world.fresh()
    const startUs = clock.nowUs()
    const names = Object.keys(options.actors)
    const recorder = new TimelineRecorder(names, () => clock.nowUs() - startUs)
    const picker = new ReplayPicker(picks, { strict: false })
    const { failure, picks: taken } = await exploration.playOne(picker, recorder)
    const isJudged = failure.kind === 'anomaly'
    return {
      failure,
      picks: taken,
      recorder,
      verdict: isJudged ? exploration.verdict() : undefined,
      history: isJudged ? exploration.judge?.history() : undefined,
    }
  } finally {
    await exploration.close()
  }
}

function differenceOf(
  first: Retold,
  second: Retold,
  found: Found,
): { summary: string; explanation: string } | undefined {
  const summary = 'the program is not deterministic: one schedule went two ways'
  const lines = first.recorder.trace.split('\n')
  const others = second.recorder.trace.split('\n')
  const at = lines.findIndex((line, index) => line !== others[index])
  if (at !== -1 || lines.length !== others.length) {
    const from = at === -1 ? lines.length : at
    return {
      summary,
      explanation:
        `Played twice, the schedule differs at line ${from + 1} of its trace.\n` +
        `  first:  ${lines[from] ?? 'its end'}\n  second: ${others[from] ?? 'its end'}\n` +
        'Take time from the clock that actors are given, chance from a seed, and keep nothing ' +
        'between two runs.',
    }
  }
  if (first.failure.kind === found.failure.kind && first.failure !== NO_FAILURE) return undefined
  return {
    summary,
    explanation:
      `The schedule failed once (${found.failure.summary}) and not when it was played again from ` +
      'the beginning: the program keeps something between two runs.',
  }
}

function explain(failure: Failure, anomalies: readonly Anomaly[]): string {
  if (failure.kind !== 'anomaly') return `${failure.summary}.`
  const sentences: string[] = []
  for (const anomaly of anomalies) {
    sentences.push(`${anomaly.type}: ${anomaly.explanation}`)
    const remedy = remedyFor(anomaly)
    if (remedy !== undefined) sentences.push(`What would help: ${remedy}`)
  }
  return sentences.join('\n')
}
