import { check, cross, el, type Markup } from '../../../picture/index.ts'
import type { Story } from '../../story/story.ts'

/** What the marks mean; only those that the story has. */
export function legend({ timeline }: Story): Markup {
  const transactions = timeline.lanes.flatMap((lane) => lane.transactions)
  const statements = timeline.lanes.flatMap((lane) => lane.statements)
  const hasAttempts = statements.some(({ attempts }) => attempts.length > 1)
  const hasEnded = transactions.some(({ end }) => end !== 'committed' && end !== 'open')
  const hasErrors = hasEnded || statements.some(({ error }) => error !== undefined)
  const hasExpiry = transactions.some(({ end }) => end === 'expired')
  const items: [shown: boolean, sample: Markup, text: string][] = [
    [true, el('circle', { class: 'k0 dot', cx: 11, cy: 7, r: 4.5 }), 'statement, answered at once'],
    [
      transactions.length > 0,
      el('rect', { class: 'k0 bar', x: 1, y: 2, width: 20, height: 10, rx: 2 }),
      'transaction',
    ],
    [hasAttempts, comb(), 'attempts (ticks) and the time between them (shading)'],
    [true, check(11, 7), 'done after waiting, or committed'],
    [
      hasErrors,
      cross(11, 7),
      hasExpiry ? 'conflict, expiry or another error' : 'conflict or another error',
    ],
  ]
  return el(
    'ul',
    { class: 'legend' },
    items
      .filter(([shown]) => shown)
      .map(([, sample, text]) =>
        el('li', {}, el('svg', { viewBox: '0 0 22 14', 'aria-hidden': 'true' }, sample), text),
      ),
  )
}

function comb(): Markup {
  const ticks = [1, 4, 9, 20].map((x) =>
    el('rect', { class: 'k1 tick', x, y: 1, width: 1.2, height: 12 }),
  )
  const shading = el('rect', {
    class: 'k1 pause',
    x: 1,
    y: 1,
    width: 20,
    height: 12,
    opacity: 0.25,
  })
  return el('g', {}, shading, ticks)
}
