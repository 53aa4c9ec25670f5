import { type Child, el, type Markup, type Scale } from '../../picture/index.ts'

/** Room above a panel for its title, below for the axis and its title, beside for numbers. */
export const HEAD_PX = 34
export const FOOT_PX = 46
export const LEFT_PX = 58

/** Where a panel is drawn, and what its axes say. */
export interface PanelFrame {
  readonly leftPx: number
  readonly rightPx: number
  readonly topPx: number
  readonly bottomPx: number
  readonly x: Scale
  readonly y: Scale
  readonly xTitle: string
  readonly yTitle: string
  readonly xText: (value: number) => string
  readonly yText: (value: number) => string
  readonly xTicks: number
  readonly yTicks: number
}

/** Axes, grid and titles, with whatever is drawn on them. */
export function panel(frame: PanelFrame, ...drawn: readonly Child[]): Markup {
  const { leftPx, rightPx, topPx, bottomPx, x, y } = frame
  return el(
    'g',
    {},
    x
      .ticks(frame.xTicks)
      .map((value) => [
        el('path', { class: 'grid', d: `M${px(x.at(value))} ${topPx}V${bottomPx}` }),
        el('text', { class: 'soft mid', x: x.at(value), y: bottomPx + 17 }, frame.xText(value)),
      ]),
    y
      .ticks(frame.yTicks)
      .map((value) => [
        el('path', { class: 'grid', d: `M${leftPx} ${px(y.at(value))}H${rightPx}` }),
        el('text', { class: 'soft end', x: leftPx - 7, y: y.at(value) + 4 }, frame.yText(value)),
      ]),
    el('path', { class: 'axis', d: `M${leftPx} ${topPx}V${bottomPx}H${rightPx}` }),
    el('text', { class: 'title', x: 0, y: topPx - 14 }, frame.yTitle),
    el('text', { class: 'soft end', x: rightPx, y: bottomPx + 35 }, frame.xTitle),
    drawn,
  )
}

/** A line through points in pixels. */
export function lineOf(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('')
}

/** The area between a lower and an upper line. */
export function bandOf(
  lower: readonly (readonly [number, number])[],
  upper: readonly (readonly [number, number])[],
): string {
  return `${lineOf([...lower, ...[...upper].reverse()])}Z`
}

function px(value: number): string {
  return String(Math.round(value * 100) / 100)
}
