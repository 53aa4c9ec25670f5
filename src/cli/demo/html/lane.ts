/**
 * The place of one lane in a timeline, and what every lane has: a name, and labels above its marks.
 */
import { el, type Markup, type Scale } from '../../../picture/index.ts'

export const LANE_PX = 58
export const BAR_PX = 26
/** From the top of a lane to its bars: room for a label. */
export const HEAD_PX = 22
/** About how wide a letter is. */
export const LETTER_PX = 6.6

/** What all lanes of one picture share. */
export interface Frame {
  /** From milliseconds to pixels. */
  readonly scale: Scale
  readonly leftPx: number
  readonly rightPx: number
  /** Too narrow for names beside the lanes. */
  readonly isNarrow: boolean
}

export interface Lane extends Frame {
  /** The class of its colour. */
  readonly color: string
  readonly topPx: number
  /** The top of its bars. */
  readonly barPx: number
  /** The middle of its bars. */
  readonly middlePx: number
}

/**
 * @param actor whose lane it is, as an index: an actor has one colour in pictures and transcript
 */
export function laneOf(frame: Frame, row: number, actor: number): Lane {
  const topPx = row * LANE_PX
  const barPx = topPx + HEAD_PX
  return { ...frame, color: `k${actor % 4}`, topPx, barPx, middlePx: barPx + BAR_PX / 2 }
}

export function laneName(name: string, lane: Lane): Markup {
  const y = lane.isNarrow ? lane.topPx + 14 : lane.middlePx + 4
  return el('text', { class: `lane ${lane.color}`, x: 0, y }, name)
}

/** The line that a lane is. */
export function laneLine({ leftPx, rightPx }: Lane, y: number): Markup {
  return el('path', { class: 'axis', d: `M${leftPx} ${y}H${rightPx}` })
}

/** A label above a mark, to the left of it where the right edge is near. */
export function labelAbove(text: string, x: number, { topPx, rightPx }: Lane): Markup {
  const fits = x + text.length * LETTER_PX < rightPx
  const place = fits ? { class: 'soft', x: x - 4 } : { class: 'soft end', x: x + 6 }
  return el('text', { ...place, y: topPx + 15 }, text)
}
