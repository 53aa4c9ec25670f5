import type { Verdict } from '../check/index.ts'
import { Exploration, type Found } from './exploration.ts'
import type { Failure } from './failure.ts'
import type { ExploreOptions } from './options.ts'
import type { Counterexample } from './report.ts'
import { type Schedule, scheduleText } from './schedule_text.ts'
import { ReplayPicker } from './strategies/replay.ts'
import { statementNumbers, type Telling, tellingHtml, tellingText } from './telling.ts'
import { TimelineRecorder } from './timeline.ts'

/** A schedule told once more, on simulators of its own, with everything taken down. */
interface Told {
  readonly failure: Failure | undefined
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
  { failure: found, schedule: of }: Found,
): Promise<Counterexample> {
  const first = await tell(options, of)
  const second = await tell(options, of)
  const difference = differenceOf(first, second, found)
  const { kind, error } = first.failure ?? found
  const anomalies = first.verdict?.anomalies ?? []
  const summary = difference?.summary ?? (first.failure ?? found).summary
  const { timeline, trace } = first.recorder
  const schedule = scheduleText(of)
  const { verdict, history } = first
  const { isolation: level, unit } = options
  const telling: Telling = { summary, schedule, timeline, verdict, history, level, unit }
  const { explanation, timelineText } = tellingText(telling)
  return {
    kind: difference === undefined ? kind : 'nondeterminism',
    schedule,
    summary,
    explanation: difference?.explanation ?? explanation,
    anomalies,
    verdict,
    history,
    error,
    timeline,
    timelineText,
    trace,
    toHtml: () => tellingHtml(telling),
  }
}

async function tell<Given>(
  options: ExploreOptions<Given>,
  { threads, without }: Schedule,
): Promise<Told> {
  const exploration = await Exploration.begin(options)
  try {
    const { clock } = exploration.world.fresh()
    const startUs = clock.nowUs()
    const names = Object.keys(options.actors).filter((_name, at) => !without.has(at))
    const listener = new TimelineRecorder(names, () => clock.nowUs() - startUs)
    const picker = new ReplayPicker(threads, { strict: false })
    const { failure } = await exploration.playOne(picker, { without, listener })
    const isJudged = failure?.kind === 'anomaly'
    const numbers = statementNumbers(listener.timeline, listener.commands)
    return {
      failure,
      recorder: listener,
      verdict: isJudged ? exploration.verdict() : undefined,
      history: isJudged ? exploration.judge?.history(numbers) : undefined,
    }
  } finally {
    await exploration.close()
  }
}

function differenceOf(
  first: Told,
  second: Told,
  found: Failure,
): { summary: string; explanation: string } | undefined {
  const summary = 'the program is not deterministic: one schedule went two ways'
  const lines = first.recorder.trace.split('\n')
  const others = second.recorder.trace.split('\n')
  const at = lines.findIndex((line, index) => line !== others[index])
  if (at !== -1 || lines.length !== others.length) {
    const from = at === -1 ? lines.length : at
    const explanation =
      `Played twice, the schedule differs at line ${from + 1} of its trace.\n` +
      `  first:  ${lines[from] ?? 'its end'}\n  second: ${others[from] ?? 'its end'}\n` +
      'Take time from the clock that actors are given, chance from a seed, and keep nothing ' +
      'between two runs.'
    return { summary, explanation }
  }
  if (first.failure?.kind === found.kind) return undefined
  if (found.kind === 'nondeterminism') return { summary, explanation: KEPT }
  const explanation = `The schedule failed once (${found.summary}) and not again. ${KEPT}`
  return { summary, explanation }
}

const KEPT =
  'Played from the very beginning, the program goes one way; played a second time, it goes another: ' +
  'it keeps something between two runs.'
