import { check, cross, el, type Markup } from '../../../picture/index.ts'
import { durationText, secondsText } from '../../numbers.ts'
import type { TransactionBar } from '../../story/story.ts'
import { BAR_PX, type Lane, LETTER_PX, labelAbove } from './lane.ts'

/** How far before its end the mark stands that says how a transaction ended. */
const END_MARK_PX = 15

/** A transaction as a bar, with how it ended. One that ended at once shows as its statement. */
export function transactionMark(bar: TransactionBar, lane: Lane): Markup | undefined {
  const { scale, barPx, color } = lane
  const x = scale.at(bar.fromMs)
  const endX = scale.at(bar.toMs)
  if (endX - x < 1) return undefined
  const hasExpired = bar.end === 'expired'
  const label = `transaction ${bar.txnNumber}`
  const hasRoom = endX - x > label.length * LETTER_PX + 24
  return el(
    'g',
    { 'data-tip': tipOf(bar, label) },
    el('rect', {
      class: `${color} bar${hasExpired ? ' expired' : ''}`,
      x,
      y: barPx,
      width: endX - x,
      height: BAR_PX,
      rx: 3,
    }),
    hasRoom ? el('text', { x: x + 12, y: lane.middlePx + 4 }, label) : undefined,
    endMark(bar, endX - END_MARK_PX, lane.middlePx),
    hasExpired ? lifetimeMark(bar, lane) : undefined,
    hasExpired ? labelAbove(`expired at ${secondsText(bar.toMs)}`, endX, lane) : undefined,
  )
}

function tipOf({ end, fromMs, toMs }: TransactionBar, label: string): string {
  const span = `${secondsText(fromMs)} to ${secondsText(toMs)}`
  return `${label}: ${end}|${span}|lasted ${durationText(toMs - fromMs)}`
}

/** Where the lifetime was over, which nobody noticed until the next sweep. */
function lifetimeMark({ expiresMs }: TransactionBar, { scale, barPx, middlePx }: Lane): Markup {
  const x = scale.at(expiresMs)
  return el(
    'g',
    { 'data-tip': `its lifetime is over|${secondsText(expiresMs)}` },
    el('path', { class: 'limit', d: `M${x.toFixed(1)} ${barPx - 3}V${barPx + BAR_PX + 3}` }),
    el('text', { class: 'soft end', x: x - 6, y: middlePx + 4 }, 'lifetime over'),
  )
}

function endMark({ end }: TransactionBar, x: number, y: number): Markup | undefined {
  if (end === 'open') return undefined
  return end === 'committed' ? check(x, y) : cross(x, y)
}
