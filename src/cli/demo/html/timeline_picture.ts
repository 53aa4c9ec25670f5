import { countText, durationText, secondsText } from '../../numbers.ts'
import { type Child, el, type Markup } from '../../picture/markup.ts'
import { picture } from '../../picture/page.ts'
import { linearScale, type Scale } from '../../picture/scale.ts'
import type { Lane, StatementSpan, StatStep, Story, TransactionBar } from '../../story/story.ts'
import { attemptMarks, pauseMarks } from './attempt_marks.ts'
import { check, cross } from './symbols.ts'

const LANE_PX = 58
const BAR_PX = 26
/** From the top of a lane to its bars: room for a label. */
const HEAD_PX = 22
const AXIS_PX = 34
const DOT_PX = 4.5
/** How far from its end the mark stands that says how something ended. */
const END_MARK_PX = 11
/** About how wide a letter is. */
const LETTER_PX = 6.6

interface Frame {
  readonly scale: Scale
  readonly leftPx: number
  readonly rightPx: number
}

/** Sessions as lanes, time to the right: who held what, who tried, who waited. */
export function timelinePicture(story: Story, widthPx: number): Markup {
  const { timeline, actors, steps } = story
  const isNarrow = widthPx < 500
  const leftPx = isNarrow ? 8 : 88
  const rightPx = widthPx - 20
  const scale = linearScale({ from: 0, to: timeline.endMs }, { from: leftPx, to: rightPx })
  const frame: Frame = { scale, leftPx, rightPx }
  const stats = steps.filter((step) => step.kind === 'stat')
  const lanes = timeline.lanes.map((lane, index) =>
    laneMarks(lane, index, index * LANE_PX, frame, isNarrow),
  )
  const laneCount = lanes.length + (stats.length > 0 ? 1 : 0)
  const bottomPx = laneCount * LANE_PX + 4
  const names = actors.map(({ label }) => label).join(', ')
  return picture(
    { widthPx, heightPx: bottomPx + AXIS_PX },
    `Timeline of ${secondsText(timeline.endMs)} with a lane each for ${names}`,
    axis(frame, bottomPx, isNarrow),
    lanes,
    stats.length > 0 ? statLane(stats, lanes.length * LANE_PX, frame, isNarrow) : undefined,
  )
}

function axis({ scale, leftPx, rightPx }: Frame, bottomPx: number, isNarrow: boolean): Markup {
  const ticks = scale.ticks(isNarrow ? 4 : 10)
  return el(
    'g',
    {},
    ticks.map((ms) => [
      el('path', { class: 'grid', d: `M${scale.at(ms).toFixed(1)} 0V${bottomPx}` }),
      el(
        'text',
        { class: 'soft mid', x: Math.max(scale.at(ms), leftPx + 6), y: bottomPx + 16 },
        `${ms / 1000}`,
      ),
    ]),
    el('path', { class: 'axis', d: `M${leftPx} ${bottomPx}H${rightPx}` }),
    el(
      'text',
      { class: 'soft end', x: rightPx, y: bottomPx + 31 },
      'seconds of virtual time since the simulator was created',
    ),
  )
}

function laneMarks(
  lane: Lane,
  index: number,
  topPx: number,
  frame: Frame,
  isNarrow: boolean,
): Markup {
  const color = `k${index % 4}`
  const middlePx = topPx + HEAD_PX + BAR_PX / 2
  return el(
    'g',
    {},
    laneName(lane.who, color, topPx, isNarrow),
    el('path', { class: 'axis', d: `M${frame.leftPx} ${middlePx}H${frame.rightPx}` }),
    lane.transactions.map((bar) => transactionMark(bar, color, topPx, frame)),
    lane.statements
      .filter((span) => span.toMs > span.fromMs)
      .map((span) => waitMarks(span, color, topPx, frame)),
    instantMarks(lane.statements, color, middlePx, frame),
  )
}

function laneName(who: string, color: string, topPx: number, isNarrow: boolean): Markup {
  const place = isNarrow ? { x: 0, y: topPx + 14 } : { x: 0, y: topPx + HEAD_PX + BAR_PX / 2 + 4 }
  return el('text', { class: `lane ${color}`, ...place }, who)
}

function transactionMark(
  bar: TransactionBar,
  color: string,
  topPx: number,
  { scale, rightPx }: Frame,
): Markup | undefined {
  const x = scale.at(bar.fromMs)
  const endX = scale.at(bar.toMs)
  // What begins and ends at once shows as its statement.
  if (endX - x < 1) return undefined
  const y = topPx + HEAD_PX
  const label = `transaction ${bar.txnNumber}`
  const tip =
    `${label}: ${bar.end}|${secondsText(bar.fromMs)} to ${secondsText(bar.toMs)}|` +
    `lasted ${durationText(bar.toMs - bar.fromMs)}`
  return el(
    'g',
    { 'data-tip': tip },
    el('rect', {
      class: `${color} bar${bar.end === 'expired' ? ' expired' : ''}`,
      x,
      y,
      width: endX - x,
      height: BAR_PX,
      rx: 3,
    }),
    endX - x > label.length * LETTER_PX + 24
      ? el('text', { x: x + 12, y: y + BAR_PX / 2 + 4 }, label)
      : undefined,
    endMark(bar, endX - END_MARK_PX, y + BAR_PX / 2),
    bar.end === 'expired' ? lifetimeMark(bar, topPx, scale) : undefined,
    bar.end === 'expired'
      ? beside(`expired at ${secondsText(bar.toMs)}`, endX, topPx, rightPx)
      : undefined,
  )
}

/** Where the lifetime was over, which nobody noticed until the next sweep. */
function lifetimeMark({ expiresMs }: TransactionBar, topPx: number, scale: Scale): Markup {
  const x = scale.at(expiresMs)
  const y = topPx + HEAD_PX
  return el(
    'g',
    { 'data-tip': `its lifetime is over|${secondsText(expiresMs)}` },
    el('path', { class: 'limit', d: `M${x.toFixed(1)} ${y - 3}V${y + BAR_PX + 3}` }),
    el('text', { class: 'soft end', x: x - 6, y: y + BAR_PX / 2 + 4 }, 'lifetime over'),
  )
}

function endMark(bar: TransactionBar, x: number, y: number): Child {
  if (bar.end === 'open') return undefined
  return bar.end === 'committed' ? check(x, y) : cross(x, y)
}

/** A statement that did not end at once: its pauses, its attempts, its end. */
function waitMarks(span: StatementSpan, color: string, topPx: number, frame: Frame): Child {
  const { scale, rightPx } = frame
  const y = topPx + HEAD_PX
  const place = { scale, originMs: 0, y, height: BAR_PX, color }
  const endX = scale.at(span.toMs)
  const conflicts = span.attempts.filter(({ outcome }) => outcome === 'conflict').length
  const summary = `${countText(conflicts)} conflicts, waits ${durationText(span.toMs - span.fromMs)}`
  return el(
    'g',
    {},
    pauseMarks(span, place),
    attemptMarks(span, place),
    (span.error === undefined ? check : cross)(endX + END_MARK_PX, y + BAR_PX / 2, {
      'data-tip': `${span.error ?? 'done'}|${secondsText(span.toMs)}`,
    }),
    beside(summary, endX, topPx, rightPx),
  )
}

/** A label above a mark, to the left of it where the right edge is near. */
function beside(text: string, x: number, topPx: number, rightPx: number): Markup {
  const fits = x + text.length * LETTER_PX < rightPx
  return el(
    'text',
    { class: fits ? 'soft' : 'soft end', x: fits ? x - 4 : x + 6, y: topPx + 15 },
    text,
  )
}

/** Statements that ended at once, as dots; those in the same place share one. */
function instantMarks(
  statements: readonly StatementSpan[],
  color: string,
  y: number,
  { scale }: Frame,
): Markup[] {
  const groups: { x: number; spans: StatementSpan[] }[] = []
  for (const span of statements) {
    if (span.toMs > span.fromMs) continue
    const x = scale.at(span.fromMs)
    const group = groups.at(-1)
    if (group !== undefined && x - group.x < 2 * DOT_PX) group.spans.push(span)
    else groups.push({ x, spans: [span] })
  }
  return groups.map(({ x, spans }) => {
    const failed = spans.some(({ error }) => error !== undefined)
    const tip = spans
      .map(
        ({ text, fromMs, error }) => `${secondsText(fromMs)}  ${text}${error ? `: ${error}` : ''}`,
      )
      .join('|')
    const dot = el('circle', { class: `${color} dot`, cx: x, cy: y, r: DOT_PX })
    return el('g', { 'data-tip': tip, tabindex: 0 }, failed ? cross(x, y) : dot)
  })
}

/** mongostat: a column for each second, as high as the conflicts that the server added in it. */
function statLane(
  stats: readonly StatStep[],
  topPx: number,
  { scale, leftPx, rightPx }: Frame,
  isNarrow: boolean,
): Markup {
  const most = Math.max(1, ...stats.map(({ writeConflicts }) => writeConflicts))
  const basePx = topPx + HEAD_PX + BAR_PX
  const columns = stats.map(({ atMs, writeConflicts }) => {
    const x = scale.at(atMs - 1000)
    const height = Math.max(1.5, (BAR_PX * writeConflicts) / most)
    return el('rect', {
      class: 'k2',
      x,
      y: basePx - height,
      width: Math.max(1, scale.at(atMs) - x),
      height,
      stroke: 'none',
      'data-tip': `${secondsText(atMs)}|writeConflicts.rate(): ${countText(writeConflicts)}`,
    })
  })
  const peak = stats.find(({ writeConflicts }) => writeConflicts === most)
  const text = `${isNarrow ? '' : 'writeConflicts.rate(): '}${countText(most)} in one second`
  return el(
    'g',
    {},
    laneName('mongostat', 'k2', topPx, isNarrow),
    el('path', { class: 'axis', d: `M${leftPx} ${basePx}H${rightPx}` }),
    columns,
    peak === undefined ? undefined : beside(text, scale.at(peak.atMs), topPx, rightPx),
  )
}
