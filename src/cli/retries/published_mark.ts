import { el, type Markup } from '../../picture/index.ts'
import type { ArticlePoint } from './article_points.ts'
import { lineOf } from './panel.ts'

const HALF_PX = 5.5

/** A published figure, as a diamond. */
export function publishedMark({ label, source }: ArticlePoint, x: number, y: number): Markup {
  const corners = [
    [x, y - HALF_PX],
    [x + HALF_PX, y],
    [x, y + HALF_PX],
    [x - HALF_PX, y],
  ] as const
  const tip = `${label}|${source}`
  return el('path', { class: 'published', d: `${lineOf(corners)}Z`, 'data-tip': tip, tabindex: 0 })
}
