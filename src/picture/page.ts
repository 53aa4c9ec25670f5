/**
 * What the pages have in common: one file that fetches nothing, light and dark as the reader's
 * system is, readable on a telephone.
 */
import { type Child, el, type Markup, raw } from './markup.ts'
import { PAGE_STYLE } from './page_style.ts'
import { TOOLTIP_SCRIPT, TOOLTIP_STYLE } from './tooltip.ts'

export interface Page {
  readonly title: string
  /** Rules beside those that every page has. */
  readonly style: string
  /** What it does besides showing details; without scripts it must say everything all the same. */
  readonly script?: string
  readonly body: readonly Child[]
}

export function pageText(page: Page): string {
  const head = el(
    'head',
    {},
    el('meta', { charset: 'utf-8' }),
    el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    el('meta', { name: 'color-scheme', content: 'light dark' }),
    el('title', {}, page.title),
    el('style', {}, raw(PAGE_STYLE + TOOLTIP_STYLE + page.style)),
  )
  const tooltip = el('div', { id: 'tip', role: 'status', hidden: true })
  const body = el(
    'body',
    {},
    el('main', {}, page.body),
    tooltip,
    el('script', {}, raw(TOOLTIP_SCRIPT + (page.script ?? ''))),
  )
  return `<!doctype html>\n${el('html', { lang: 'en' }, head, body).markup}\n`
}

/** Widths that pictures are drawn for, with the class that shows each; see `page_style.ts`. */
export const PICTURE_WIDTHS = { wide: 1080, middle: 640, narrow: 352 } as const

/**
 * A picture drawn once for each width, so that text keeps its size. The style sheet shows one of
 * them.
 */
export function forEveryWidth(
  draw: (widthPx: number) => Markup,
  widths: { readonly [Name in keyof typeof PICTURE_WIDTHS]: number } = PICTURE_WIDTHS,
): Markup[] {
  return Object.entries(widths).map(([name, widthPx]) => el('div', { class: name }, draw(widthPx)))
}

/** An SVG that fills the width it is given. */
export function picture(
  size: { readonly widthPx: number; readonly heightPx: number },
  label: string,
  ...children: readonly Child[]
): Markup {
  const { widthPx, heightPx } = size
  const viewBox = `0 0 ${widthPx} ${Math.ceil(heightPx)}`
  return el('svg', { viewBox, role: 'img', 'aria-label': label }, ...children)
}
