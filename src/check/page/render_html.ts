import { type Child, el, type Markup, pageText } from '../../picture/index.ts'
import { type ExplainOptions, explainAnomaly } from '../explain/explain.ts'
import type { Explanation } from '../explain/explanation.ts'
import type { TimelineStep } from '../explain/timeline.ts'
import { type JudgedHistory, type ToldHistory, tell } from '../explain/told_history.ts'
import type { Level } from '../levels.ts'
import type { Verdict } from '../verdict.ts'
import { anomalyView } from './anomaly_view.ts'
import { levelsTable } from './levels_table.ts'
import { EDGE_SCRIPT } from './script.ts'
import { choiceStyle, VERDICT_STYLE } from './style.ts'
import { timelineTable } from './timeline_table.ts'

export interface RenderOptions extends ExplainOptions {
  /** Default: the level that was asked for, and whether it holds. */
  readonly title?: string
  /** The level that was asked for. Default: `serializable`. */
  readonly level?: Level
  /** What else is worth knowing of where the history comes from, in one line. */
  readonly about?: string
  /** Every statement in the order in which they ran, where that is known: shown as a list. */
  readonly timeline?: readonly TimelineStep[]
  /** The schedule that replays it, as `explore` writes schedules. */
  readonly schedule?: string
}

/** So many anomalies have a view; in a broken history there are hundreds, and much the same. */
const VIEWS_MAX = 24

/**
 * A verdict as one self-contained page: which levels hold, and each anomaly as a timeline with the
 * cycle drawn across, in sentences, and with what would help. It fetches nothing.
 *
 * @param verdict undefined where nothing was judged, and only what happened is to be shown
 * @param history the one that was judged
 */
export function renderHtml(
  verdict: Verdict | undefined,
  history: JudgedHistory,
  options: RenderOptions = {},
): string {
  const { level = 'serializable', timeline, schedule } = options
  const told = tell(history, options.names)
  const anomalies = verdict?.anomalies ?? []
  const shown = anomalies
    .slice(0, VIEWS_MAX)
    .map((anomaly) => explainAnomaly(anomaly, told, options))
  const title = options.title ?? titleOf(verdict, level)
  return pageText({
    title: `Palimpsest: ${title}`,
    style: VERDICT_STYLE + choiceStyle(shown.length),
    script: EDGE_SCRIPT,
    body: [
      el('h1', {}, title),
      el('p', { class: 'quiet' }, aboutText(verdict, told, options.about)),
      schedule === undefined
        ? undefined
        : el('p', {}, 'Schedule: ', el('code', { class: 'schedule' }, schedule)),
      verdict === undefined ? undefined : levelsTable(verdict, level),
      verdict?.disagreement === undefined
        ? undefined
        : el('p', { class: 'disagreement' }, `The two views differ: ${verdict.disagreement}`),
      shown.length > 0
        ? chooser(shown, anomalies.length, told)
        : el('p', {}, verdict === undefined ? '' : 'No anomaly was found.'),
      timeline === undefined ? undefined : timelineTable(timeline, shown[0]?.race ?? []),
    ],
  })
}

function titleOf(verdict: Verdict | undefined, level: Level): string {
  if (verdict === undefined) return 'what happened'
  return `${level}: ${verdict.ok ? 'yes' : 'no'}`
}

function aboutText(
  verdict: Verdict | undefined,
  { count, lanes }: ToldHistory,
  about: string | undefined,
): string {
  const judged = (verdict?.transactions ?? count).toLocaleString('en')
  const processes = `${lanes.length.toLocaleString('en')} ${lanes.length === 1 ? 'process' : 'processes'}`
  const text = `${judged} committed transactions of ${processes}`
  return about === undefined ? `${text}.` : `${text}; ${about}.`
}

/** A tab for each anomaly, of which one is chosen; without style sheets all are there. */
function chooser(shown: readonly Explanation[], anomalies: number, history: ToldHistory): Markup {
  const tabs: Child[] = shown.map((explanation, at) =>
    el(
      'li',
      {},
      el('label', { for: `a${at}` }, explanation.title, ' ', el('small', {}, whoText(explanation))),
    ),
  )
  const left = anomalies - shown.length
  const more = `${left.toLocaleString('en')} more anomalies are much the same; --json has them all.`
  return el(
    'section',
    {},
    shown.map((_, at) =>
      el('input', {
        type: 'radio',
        name: 'anomaly',
        class: 'chooser',
        id: `a${at}`,
        checked: at === 0,
      }),
    ),
    el('ul', { class: 'tabs' }, tabs),
    left > 0 ? el('p', { class: 'quiet' }, more) : undefined,
    el(
      'div',
      { class: 'views' },
      shown.map((explanation, at) =>
        el('article', { class: 'view', id: `v${at}` }, anomalyView(explanation, history)),
      ),
    ),
  )
}

function whoText({ transactions }: Explanation): string {
  const names = transactions.slice(0, 2).map(({ name }) => name)
  const left = transactions.length - names.length
  return left > 0 ? `${names.join(', ')} and ${left} more` : names.join(', ')
}
