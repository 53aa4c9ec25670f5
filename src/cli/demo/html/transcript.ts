import { el, type Markup } from '../../../picture/index.ts'
import { secondsText } from '../../numbers.ts'
import { shellText } from '../../shell/shell_text.ts'
import { elideQuiet, type ShownStep, statText } from '../../story/elide.ts'
import type { StatStep, Story } from '../../story/story.ts'

/** What was typed and answered, below the picture. */
export function transcript(story: Story): Markup {
  const colors = new Map(story.actors.map(({ id }, index) => [id, `w${index % 4}`]))
  let clockMs = Number.NaN
  const rows = elideQuiet(story.steps).map((step) => {
    const clock = step.atMs === clockMs ? '' : secondsText(step.atMs)
    clockMs = step.atMs
    return [el('div', { class: 'at' }, clock), cells(step, colors)]
  })
  return el(
    'details',
    { open: true },
    el('summary', {}, 'Transcript'),
    el('div', { class: 'steps' }, rows),
  )
}

function cells(step: ShownStep, colors: ReadonlyMap<string, string>): Markup[] {
  switch (step.kind) {
    case 'note':
      return [el('div', { class: 'note' }, step.text)]
    case 'command':
      return said(step.who, colors, el('pre', { class: 'typed' }, `> ${step.text}`))
    case 'result':
      return said(step.who, colors, el('pre', {}, shellText(step.value)))
    case 'print':
      return said(step.who, colors, el('pre', {}, step.text))
    case 'error': {
      const labels = step.labels.length === 0 ? '' : `   labels: ${step.labels.join(', ')}`
      const text = `${step.name}[${step.codeName}]: ${step.message}\ncode: ${step.code}${labels}`
      return said(step.who, colors, el('pre', { class: 'error' }, text))
    }
    case 'stat':
      return said('stat', colors, statLine(step))
    case 'elided':
      return said(
        'stat',
        colors,
        el(
          'details',
          {},
          el('summary', {}, `${step.steps.length} more seconds without news`),
          step.steps.map((one) => statLine(one)),
        ),
      )
  }
}

function said(who: string, colors: ReadonlyMap<string, string>, what: Markup): Markup[] {
  return [el('div', { class: `who ${colors.get(who) ?? ''}` }, who), el('div', {}, what)]
}

function statLine(step: StatStep): Markup {
  const { insert, query, update } = step
  const text =
    `insert ${statText(insert)}  query ${statText(query)}  update ${statText(update)}  ` +
    `delete ${statText(step.delete)}  writeConflicts.rate() ${step.writeConflicts}`
  return el('pre', { class: step.writeConflicts > 0 ? 'news' : undefined }, text)
}
