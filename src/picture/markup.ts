/** Elements of HTML and SVG as text. Every text and every attribute goes through `escapeText`. */

/** A piece of markup that is escaped already. */
export interface Markup {
  readonly markup: string
}

export type Child = Markup | string | undefined | readonly Child[]

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** Elements of HTML that have no end tag. */
const VOID: ReadonlySet<string> = new Set(['meta', 'br', 'input'])

export function el(
  name: string,
  attributes: Attributes = {},
  ...children: readonly Child[]
): Markup {
  let text = `<${name}`
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    const shown = typeof value === 'number' ? coordinate(value) : value
    text += shown === true ? ` ${key}` : ` ${key}="${escapeText(String(shown))}"`
  }
  if (VOID.has(name)) return { markup: `${text}>` }
  return { markup: `${text}>${children.map(textOf).join('')}</${name}>` }
}

/** Text that is markup already, such as a style sheet of our own. */
export function raw(markup: string): Markup {
  return { markup }
}

export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function textOf(child: Child): string {
  if (child === undefined) return ''
  if (typeof child === 'string') return escapeText(child)
  if ('markup' in child) return child.markup
  return child.map(textOf).join('')
}

/** Hundredths of a pixel are finer than any screen, and keep pages small. */
function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100)
}
