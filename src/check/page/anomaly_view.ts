import { type Child, el, forEveryWidth, type Markup } from '../../picture/index.ts'
import type { EdgeExplanation, Explanation } from '../explain/explanation.ts'
import { pivotText, statementText } from '../explain/text.ts'
import type { ToldHistory } from '../explain/told_history.ts'
import type { EdgeKind } from '../graph/edges.ts'
import { capital } from '../wording.ts'
import { drawing } from './drawing.ts'
import { hasOverview, overview } from './overview.ts'
import { rowsOf } from './rows.ts'
import { type Scene, sceneOf } from './scene.ts'

/** One anomaly: its picture, its sentences, what to look at, what would help. */
export function anomalyView(explanation: Explanation, history: ToldHistory): Child[] {
  const { title, meaning, edges, race, pivot, remedies } = explanation
  const scene = sceneOf(explanation, history)
  const isLong = scene.links.some((link) => link.edges > 1)
  const rows = rowsOf(scene, leftOutCounter(scene, history))
  return [
    el('h2', {}, title),
    el('p', { class: 'meaning' }, `${capital(meaning)}.`),
    scene.bars.length === 0
      ? undefined
      : el(
          'figure',
          {},
          forEveryWidth((widthPx) => drawing(scene, rows, widthPx)),
          el('figcaption', { class: 'quiet' }, captionOf(scene)),
          kindsLegend(scene),
        ),
    explanation.sentences.length === 0
      ? undefined
      : [el('h3', {}, 'What happened'), sentencesList(explanation, scene)],
    isLong && hasOverview(edges, history) ? wholeCycle(edges, history) : undefined,
    race.length === 0
      ? undefined
      : el(
          'div',
          {},
          el('h3', {}, race.length > 1 ? 'The statements that raced' : 'The statement'),
          el(
            'ul',
            { class: 'race' },
            race.map((one) => el('li', {}, statementText(one))),
          ),
        ),
    pivot === undefined ? undefined : el('p', {}, `The pivot is ${pivotText(pivot)}.`),
    el('h3', {}, 'What would help'),
    el(
      'ul',
      {},
      remedies.map(({ sentence }) => el('li', {}, sentence)),
    ),
  ]
}

/** Each edge of a short cycle; of a long one those drawn, and all of them folded. */
function sentencesList({ edges, sentences }: Explanation, { links }: Scene): Child {
  if (edges.length === 0) return sentences.map((sentence) => el('p', {}, sentence))
  const drawn = el(
    'ol',
    { class: 'edges' },
    links.map(({ kind, sentence, edge }) => edgeItem(kind, sentence, edge)),
  )
  if (links.length === edges.length) return drawn
  const all = edges.map(({ kind, sentence }) => edgeItem(kind, sentence))
  const summary = el('summary', {}, `All ${edges.length} edges`)
  return [drawn, el('details', {}, summary, el('ol', { class: 'edges' }, all))]
}

/** @param edge its place in the cycle, where it is drawn */
function edgeItem(kind: EdgeKind, sentence: string, edge?: number): Markup {
  return el(
    'li',
    { 'data-edge': edge, tabindex: edge === undefined ? undefined : 0 },
    el('b', { class: `kind e-${kind}` }, kind),
    ` ${sentence}`,
  )
}

function wholeCycle(edges: readonly EdgeExplanation[], history: ToldHistory): Markup {
  return el(
    'figure',
    {},
    forEveryWidth((widthPx) => overview(edges, history, widthPx)),
    el(
      'figcaption',
      { class: 'quiet' },
      `The whole cycle, ${edges.length} edges, among ${history.count.toLocaleString('en')} ` +
        'transactions in the order of their beginnings; processes from top to bottom.',
    ),
  )
}

/** What is shown, and what is not. */
function captionOf({ bars, links, leftOut, isTimed }: Scene): string {
  const told = ['Time runs down.']
  if (isTimed) {
    told.push('What a transaction reads is as old as its beginning.')
  } else {
    told.push('When within its transaction a statement ran, the history does not tell.')
  }
  const near = bars.filter(({ takesPart }) => !takesPart).length
  if (near > 0) told.push('Pale transactions take no part: they came close in time.')
  const stretch = links.filter(({ edges }) => edges > 1).reduce((sum, { edges }) => sum + edges, 0)
  if (stretch > 0) told.push(`Dashed arrows stand for ${stretch} edges of the cycle.`)
  if (leftOut > 0) {
    const count = leftOut.toLocaleString('en')
    told.push(`${count} more ${leftOut === 1 ? 'transaction is' : 'transactions are'} not shown.`)
  }
  return told.join(' ')
}

const KINDS: Readonly<Record<EdgeKind, string>> = {
  ww: 'overwrote',
  wr: 'was read by',
  rw: 'read what the other then overwrote',
  process: 'came before in its process',
  realtime: 'had ended before the other began',
}

function kindsLegend({ links }: Scene): Child {
  const kinds = [...new Set(links.map(({ kind }) => kind))]
  if (kinds.length === 0) return undefined
  return el(
    'ul',
    { class: 'legend' },
    kinds.map((kind) =>
      el('li', {}, el('b', { class: `kind e-${kind}` }, kind), ` ${KINDS[kind]}`),
    ),
  )
}

/** Counts transactions of no bar by where they began. */
function leftOutCounter(
  { bars, leftOut }: Scene,
  history: ToldHistory,
): (from: number, to: number) => number {
  if (leftOut === 0) return () => 0
  const shown = bars.map(({ beganAt }) => beganAt)
  const begunBefore = (at: number) => firstFrom(history, at)
  return (from, to) =>
    begunBefore(to) - begunBefore(from) - shown.filter((at) => at >= from && at < to).length
}

/** The first transaction that began at a position or after it. */
function firstFrom(history: ToldHistory, at: number): number {
  let low = 0
  let high = history.count
  while (low < high) {
    const middle = (low + high) >> 1
    if (history.beganAt(middle) < at) low = middle + 1
    else high = middle
  }
  return low
}
