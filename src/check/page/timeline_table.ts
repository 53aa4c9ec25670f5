import { el, type Markup } from '../../picture/index.ts'
import type { StatementReference } from '../explain/explanation.ts'
import type { TimelineStep } from '../explain/timeline.ts'
import { isRacing } from '../explain/timeline_text.ts'

/** Every statement in the order in which they ran, with what came of it. */
export function timelineTable(
  timeline: readonly TimelineStep[],
  race: readonly StatementReference[],
): Markup {
  const head = ['', 'who', 'statement', 'answer'].map((text) => el('th', {}, text))
  const rows = timeline.map((step, at) =>
    el(
      'tr',
      { class: isRacing(at, race) ? 'racing-row' : undefined },
      el('td', {}, String(at + 1)),
      el('td', {}, step.who),
      el('td', {}, step.text),
      el('td', {}, step.error ?? step.answer ?? ''),
    ),
  )
  return el(
    'section',
    {},
    el('h3', {}, 'Statement by statement'),
    el('table', { class: 'steps' }, el('tbody', {}, el('tr', {}, head), rows)),
  )
}
