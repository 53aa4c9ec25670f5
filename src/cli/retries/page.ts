import { el, forEveryWidth, type Markup, pageText } from '../../picture/index.ts'
import { countText } from '../numbers.ts'
import { closeupPlot } from './closeup_plot.ts'
import { retriesPlot } from './plot.ts'
import type { RetriesReport } from './report.ts'

/** The plot as one self-contained page. */
export function retriesHtml(report: RetriesReport): string {
  return pageText({
    title: 'Palimpsest: retries against time',
    style: RETRIES_STYLE,
    body: [
      el('h1', {}, 'Retries against time'),
      el(
        'p',
        {},
        'A transaction holds a document. A plain update of the same document is tried again and again ' +
          'until the transaction ends. How often is that, and how long does the update go on waiting ' +
          'when the document is free?',
      ),
      el(
        'div',
        { class: 'plots' },
        el(
          'figure',
          {},
          forEveryWidth((widthPx) => retriesPlot(report, widthPx), MAIN_WIDTHS),
        ),
        el('div', {}, el('figure', { class: 'closeup' }, closeupPlot(report, 360)), legend(report)),
      ),
      caption(report),
    ],
  })
}

/** Beside the close-up on a wide page, above it on others. */
const MAIN_WIDTHS = { wide: 680, middle: 640, narrow: 352 } as const

function legend(report: RetriesReport): Markup {
  return el(
    'ul',
    { class: 'legend' },
    report.curves.map(({ label, about }, index) =>
      el(
        'li',
        {},
        el(
          'svg',
          { viewBox: '0 0 30 12', 'aria-hidden': 'true', class: `p${index}` },
          el('path', { class: 'line', d: 'M1 6H29' }),
        ),
        el('span', {}, el('b', {}, label), ` ${about}`),
      ),
    ),
    el(
      'li',
      {},
      el(
        'svg',
        { viewBox: '0 0 30 12', 'aria-hidden': 'true' },
        el('path', { class: 'published', d: 'M15 .5L20.5 6L15 11.5L9.5 6Z' }),
      ),
      el(
        'span',
        {},
        el('b', {}, 'published'),
        ...[' ', report.articles.map(({ label, source }) => `${label}: ${source}`).join('; '), '.'],
      ),
    ),
  )
}

/** What one sees, in sentences whose numbers come from the report. */
function caption(report: RetriesReport): Markup {
  const last = new Map(report.curves.map((curve) => [curve.id, curve.points.at(-1)]))
  const of = (id: string): string => countText(last.get(id)?.conflicts.median ?? 0)
  const lateMs = (id: string): string => {
    const points = report.curves.find((curve) => curve.id === id)?.points ?? []
    return countText(Math.max(...points.map(({ overheadMs }) => overheadMs.max)))
  }
  return el(
    'p',
    { class: 'caption' },
    'Lines are medians, the bands above them reach to the greatest of ' +
      `${report.runsPerPoint} runs at holding times close to each other. The ladder climbs steeply while ` +
      'its pauses are short, and bends where they become 100 ms: from there on it gains ten conflicts a ' +
      `second, up to ${of('ladder0')} in two minutes, and is never late by more than ${lateMs('ladder0')} ms. Counted from 1 ` +
      `it is one conflict behind. The ramp of 2026 needs ${of('ramp')} conflicts for the same two ` +
      `minutes and pays with up to ${lateMs('ramp')} ms; the exponential schedule needs ` +
      `${of('exponential')}, and is late by up to ${lateMs('exponential')} ms. Trying again at once ` +
      `is late by no more than an attempt takes, at ${of('immediate')} conflicts in one second. ` +
      `Measured by running each wait in virtual time: palimpsest ${report.version}, node ${report.node}, ` +
      `seed ${report.seed}.`,
  )
}

const RETRIES_STYLE = `
figure{margin:18px 0 0}
.plots{display:grid;grid-template-columns:680px minmax(0,1fr);gap:0 40px}
.closeup{max-width:460px}
.line{fill:none;stroke-width:2;stroke-linejoin:round}
.band{stroke:none;opacity:.16}
.hit{fill:transparent;stroke:none}
.hit:hover{fill:currentColor;fill-opacity:.35}
.p0{color:var(--c0)}.p1{color:var(--c1)}.p2{color:var(--c2)}.p3{color:var(--c3)}.p4{color:var(--c4)}
.p0 .line,.p1 .line,.p2 .line,.p3 .line,.p4 .line{stroke:currentColor}
.band{fill:currentColor}
.p1 .line{stroke-dasharray:6 5}
.p3 .line{stroke-dasharray:10 3 2 3}
.p4 .line{stroke-dasharray:2 3}
.published{fill:var(--ground);stroke:var(--ink);stroke-width:1.75}
svg .title{font-weight:600;font-size:13px}
.legend{list-style:none;margin:22px 0 0;padding:0;font-size:13.5px;line-height:1.4}
.legend li{display:flex;gap:10px;margin:0 0 8px}
.legend svg{flex:none;width:30px;height:12px;margin-top:4px}
.caption{margin-top:22px;font-size:15px}
@media (max-width:1000px){.plots{grid-template-columns:minmax(0,1fr)}}
`
