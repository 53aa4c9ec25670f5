import { type Attributes, el, type Markup } from './markup.ts'

/** The marks of a timeline. Each is drawn around a centre. */

const HALF_PX = 4.5

export function cross(x: number, y: number, attributes: Attributes = {}): Markup {
  const d = `M${x - HALF_PX} ${y - HALF_PX}L${x + HALF_PX} ${y + HALF_PX}M${x + HALF_PX} ${y - HALF_PX}L${x - HALF_PX} ${y + HALF_PX}`
  return el('path', { class: 'cross', d: rounded(d), ...attributes })
}

export function check(x: number, y: number, attributes: Attributes = {}): Markup {
  const d = `M${x - 5} ${y}L${x - 1.5} ${y + 4}L${x + 5} ${y - 5}`
  return el('path', { class: 'check', d: rounded(d), ...attributes })
}

/** Hundredths of a pixel are enough. */
function rounded(d: string): string {
  return d.replaceAll(/-?\d+\.\d+/g, (text) => String(Math.round(Number(text) * 100) / 100))
}
