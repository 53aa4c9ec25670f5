/** The edges of a cycle, as arrows from statement to statement. */
import { type Child, el, type Markup } from '../../picture/index.ts'
import { keyText } from '../explain/values.ts'
import { type Columns, widthOf } from './columns.ts'
import type { PlacedBar, Rows } from './rows.ts'
import type { Link, LinkEnd } from './scene.ts'

interface Point {
  readonly x: number
  readonly y: number
}

/** A cubic curve. */
type Curve = readonly [from: Point, leaving: Point, arriving: Point, to: Point]

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
}

const LABEL_PX = 17
const HEAD_PX = 7
/** How far apart two edges end that end at the same statement. */
const APART_PX = 6
/** Parts of the gutter where a label may stand, the best first. */
const LABEL_PLACES = [0.3, 0.22, 0.4, 0.5, 0.6, 0.7, 0.8] as const

export function linkMarks(links: readonly Link[], rows: Rows, columns: Columns): Child[] {
  const bars = new Map(rows.bars.map((placed) => [placed.bar.transaction, placed]))
  const ends = new Ends()
  const taken: Box[] = []
  const reaches = reachesOf(links, bars)
  const curves = links.map((link) => {
    const from = bars.get(link.from.transaction)!
    const to = bars.get(link.to.transaction)!
    const reach = reaches.get(link)
    return { link, curve: curveOf({ link, from, to, columns, ends, reach }) }
  })
  // Labels last: no other edge may run over them.
  return [
    ...curves.map(({ link, curve }) => linkMark(link, curve)),
    ...curves.map(({ link, curve }) => labelMark(link, curve, columns, taken)),
  ]
}

/** Of edges around the same side those that go further reach further out: parts of the gutter. */
function reachesOf(
  links: readonly Link[],
  bars: ReadonlyMap<number, PlacedBar>,
): ReadonlyMap<Link, number> {
  const lengths = links.flatMap((link) => {
    const from = bars.get(link.from.transaction)!
    const to = bars.get(link.to.transaction)!
    if (from.bar.lane !== to.bar.lane) return []
    return [{ link, lengthPx: Math.abs(heightOf(link.from, from) - heightOf(link.to, to)) }]
  })
  lengths.sort((left, right) => left.lengthPx - right.lengthPx)
  return new Map(
    lengths.map(({ link }, rank) => [link, 0.4 + (0.85 * (rank + 1)) / lengths.length]),
  )
}

function linkMark(link: Link, curve: Curve): Markup {
  const [from, leaving, arriving, to] = curve
  const style = `edge e-${link.kind}${link.edges > 1 ? ' stretch' : ''}`
  const isRightward = to.x >= arriving.x
  const back = isRightward ? -HEAD_PX : HEAD_PX
  const end = { x: to.x + back * 0.6, y: to.y }
  return el(
    'g',
    { class: style, 'data-edge': link.edge, 'data-tip': link.sentence, tabindex: 0 },
    el('path', {
      class: 'line',
      d: `M${at(from)}C${at(leaving)} ${at(arriving)} ${at(end)}`,
    }),
    el('path', { class: 'hit', d: `M${at(from)}C${at(leaving)} ${at(arriving)} ${at(end)}` }),
    el('path', {
      class: 'head',
      d: `M${at(to)}L${at({ x: to.x + back, y: to.y - 4 })}L${at({ x: to.x + back, y: to.y + 4 })}Z`,
    }),
  )
}

interface CurveParts {
  readonly link: Link
  readonly from: PlacedBar
  readonly to: PlacedBar
  readonly columns: Columns
  readonly ends: Ends
  /** Of one that stays on its lane. */
  readonly reach: number | undefined
}

/** From side to side of two lanes, or around within one. */
function curveOf({ link, from, to, columns, ends, reach = 0 }: CurveParts): Curve {
  const [fromLane, toLane] = [from.bar.lane, to.bar.lane]
  const isOfTime = link.kind === 'process' || link.kind === 'realtime'
  const fromY = isOfTime ? from.bottomPx - 4 : heightOf(link.from, from)
  const toY = isOfTime ? to.topPx + 6 : heightOf(link.to, to)
  const leavesRight = toLane >= fromLane
  const arrivesRight = toLane <= fromLane
  const fromX = leavesRight ? columns.rightOf(fromLane) : columns.leftOf(fromLane)
  const toX = arrivesRight ? columns.rightOf(toLane) : columns.leftOf(toLane)
  const start = ends.place({ x: fromX, y: fromY })
  const end = ends.place({ x: toX, y: toY })
  const outPx = fromLane === toLane ? columns.gutterPx * reach : Math.abs(toX - fromX) * 0.5
  return [
    start,
    { x: fromX + (leavesRight ? outPx : -outPx), y: start.y },
    { x: toX + (arrivesRight ? outPx : -outPx), y: end.y },
    end,
  ]
}

function heightOf({ step }: LinkEnd, { steps, topPx, bottomPx }: PlacedBar): number {
  return steps.find((one) => one.step.step === step)?.yPx ?? (topPx + bottomPx) / 2
}

/** Edges that end at one place are put a little apart. */
class Ends {
  readonly #counts = new Map<string, number>()

  place({ x, y }: Point): Point {
    const key = `${x} ${y}`
    const count = this.#counts.get(key) ?? 0
    this.#counts.set(key, count + 1)
    return { x, y: y + Math.ceil(count / 2) * (count % 2 === 0 ? APART_PX : -APART_PX) }
  }
}

/** The kind of an edge and its object, in the gutter, where no other label is. */
function labelMark(link: Link, curve: Curve, columns: Columns, taken: Box[]): Markup | undefined {
  for (const text of labelTexts(link, columns.gutterPx)) {
    const width = widthOf(text) + 10
    for (const place of LABEL_PLACES) {
      const { x, y } = pointOf(curve, parameterAt(curve, place, width, columns))
      const box = { x, y, width }
      if (taken.some((other) => overlap(box, other))) continue
      taken.push(box)
      return el(
        'g',
        { class: `label e-${link.kind}`, 'data-edge': link.edge, 'data-tip': link.sentence },
        el('rect', {
          x: x - box.width / 2,
          y: y - LABEL_PX / 2,
          width: box.width,
          height: LABEL_PX,
          rx: LABEL_PX / 2,
        }),
        el('text', { class: 'mid', x, y: y + 4 }, text),
      )
    }
  }
  return undefined
}

/** The longest one that has room is taken; of a document's name, the end tells the most. */
function labelTexts({ kind, key, edges }: Link, roomPx: number): string[] {
  if (edges > 1) return [`${edges} edges`, String(edges)]
  const short = kind === 'process' || kind === 'realtime' ? 'time' : kind
  if (key === undefined) return withRoom([kind, short], roomPx)
  const name = keyText(key)
  return withRoom([`${kind} ${name}`, `${kind} ${name.replace(/^.*\//, '')}`, kind], roomPx)
}

/** Those that have room, or at least the last one. */
function withRoom(texts: readonly string[], roomPx: number): string[] {
  return texts.filter((text, at) => at === texts.length - 1 || widthOf(text) + 12 <= roomPx)
}

/**
 * Where on a curve a label stands that is to be at a part of the gutter beside the lane that the
 * curve leaves, and within that gutter; of one that stays on its lane, at a part of its length.
 */
function parameterAt(curve: Curve, place: number, width: number, columns: Columns): number {
  const [{ x: from }, , , { x: to }] = curve
  if (from === to) return 0.5 + (place - LABEL_PLACES[0]) / 2
  const roomPx = Math.max(0, columns.gutterPx - width - 12) / 2
  const middlePx = columns.gutterPx / 2
  const wantedPx = columns.gutterPx * place
  const awayPx = Math.min(middlePx + roomPx, Math.max(middlePx - roomPx, wantedPx))
  const length = Math.abs(to - from)
  let low = 0
  let high = 1
  for (let halving = 0; halving < 20; halving++) {
    const middle = (low + high) / 2
    if (Math.abs(pointOf(curve, middle).x - from) < Math.min(awayPx, length)) low = middle
    else high = middle
  }
  return low
}

function pointOf([a, b, c, d]: Curve, t: number): Point {
  const s = 1 - t
  const mix = (of: 'x' | 'y') =>
    s ** 3 * a[of] + 3 * s * s * t * b[of] + 3 * s * t * t * c[of] + t ** 3 * d[of]
  return { x: mix('x'), y: mix('y') }
}

function overlap(left: Box, right: Box): boolean {
  return (
    Math.abs(left.x - right.x) < (left.width + right.width) / 2 + 2 &&
    Math.abs(left.y - right.y) < LABEL_PX + 1
  )
}

function at({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`
}
