import { check, cross, el, type Markup } from '../../picture/index.ts'
import { type Columns, cutToFit } from './columns.ts'
import { NAME_PX, type PlacedBar, STEP_PX } from './rows.ts'

/** A box narrower than this has dots in place of texts. */
const TEXT_MIN_PX = 64
const INSET_PX = 9

/** A transaction: its box, its name, its steps, and how it ended. */
export function barMark({ bar, topPx, bottomPx, steps }: PlacedBar, columns: Columns): Markup {
  const x = columns.leftOf(bar.lane)
  const { boxPx } = columns
  const role = bar.takesPart ? 'bar' : 'bar near'
  const hasText = boxPx >= TEXT_MIN_PX
  const insetPx = hasText ? INSET_PX : INSET_PX / 3
  const isWhole = steps.length === bar.texts.length
  const name =
    isWhole || !hasText ? bar.name : `${bar.name} · ${countText(bar.texts.length, 'step')}`
  const roomPx = boxPx - 2 * insetPx - (hasText ? 12 : 0)
  return el(
    'g',
    {},
    el(
      'g',
      {
        'data-tip': tipOf(bar.name, bar.outcome, bar.texts),
        tabindex: bar.takesPart ? 0 : undefined,
      },
      el('rect', { class: role, x, y: topPx, width: boxPx, height: bottomPx - topPx, rx: 4 }),
      el(
        'text',
        { class: bar.takesPart ? 'name' : 'soft', x: x + insetPx, y: topPx + 15 },
        cutToFit(name, roomPx),
      ),
      hasText ? outcomeMark(bar.outcome, x + boxPx - 12, topPx + NAME_PX / 2) : undefined,
    ),
    steps.map(({ step, yPx }) => stepMark(step, x, yPx, boxPx)),
  )
}

function countText(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function stepMark(
  { text, isTold, isRacing }: PlacedBar['steps'][number]['step'],
  x: number,
  yPx: number,
  boxPx: number,
): Markup {
  const hasText = boxPx >= TEXT_MIN_PX
  const dotX = hasText ? x + INSET_PX + 3 : x + boxPx / 2
  const role = isTold ? 'told' : 'soft'
  return el(
    'g',
    { 'data-tip': text },
    isRacing
      ? el('rect', {
          class: 'racing',
          x: x + 3,
          y: yPx - STEP_PX / 2 + 1,
          width: boxPx - 6,
          height: STEP_PX - 2,
          rx: 3,
        })
      : undefined,
    el('circle', { class: `dot ${role}`, cx: dotX, cy: yPx, r: isTold ? 3.5 : 2.5 }),
    hasText
      ? el(
          'text',
          { class: role, x: dotX + 9, y: yPx + 4 },
          cutToFit(text, boxPx - 2 * INSET_PX - 12),
        )
      : undefined,
  )
}

function outcomeMark(outcome: string, x: number, y: number): Markup {
  if (outcome === 'committed') return check(x, y)
  if (outcome === 'aborted') return cross(x, y)
  return el('text', { class: 'soft mid', x, y: y + 4 }, '?')
}

function tipOf(name: string, outcome: string, texts: readonly string[]): string {
  const lines = texts.slice(0, TIP_LINES).map((text, step) => `${step + 1}  ${text}`)
  if (texts.length > TIP_LINES) lines.push(`${texts.length - TIP_LINES} more`)
  return [`${name}: ${outcome}`, ...lines].join('|')
}

const TIP_LINES = 12
