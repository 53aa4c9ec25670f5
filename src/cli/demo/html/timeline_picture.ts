import { el, linearScale, type Markup, picture } from '../../../picture/index.ts'
import { secondsText } from '../../numbers.ts'
import type { Story } from '../../story/story.ts'
import { type Frame, LANE_PX, laneLine, laneName, laneOf } from './lane.ts'
import { statLane } from './stat_lane.ts'
import { instantMarks, waitMarks } from './statement_marks.ts'
import { transactionMark } from './transaction_mark.ts'

const AXIS_PX = 34

/** Sessions as lanes, time to the right: who held what, who tried, who waited. */
export function timelinePicture(story: Story, widthPx: number): Markup {
  const { timeline, actors, steps } = story
  const isNarrow = widthPx < 500
  const leftPx = isNarrow ? 8 : 88
  const rightPx = widthPx - 20
  const scale = linearScale({ from: 0, to: timeline.endMs }, { from: leftPx, to: rightPx })
  const frame: Frame = { scale, leftPx, rightPx, isNarrow }
  const actorIndex = (who: string): number => actors.findIndex(({ id }) => id === who)
  const lanes = timeline.lanes.map(({ who, transactions, statements }, row) => {
    const lane = laneOf(frame, row, actorIndex(who))
    return el(
      'g',
      {},
      laneName(who, lane),
      laneLine(lane, lane.middlePx),
      transactions.map((bar) => transactionMark(bar, lane)),
      waitMarks(statements, lane),
      instantMarks(statements, lane),
    )
  })
  const stats = steps.filter((step) => step.kind === 'stat')
  if (stats.length > 0) {
    lanes.push(statLane(stats, laneOf(frame, lanes.length, actorIndex('stat'))))
  }
  const bottomPx = lanes.length * LANE_PX + 4
  const names = actors.map(({ label }) => label).join(', ')
  return picture(
    { widthPx, heightPx: bottomPx + AXIS_PX },
    `Timeline of ${secondsText(timeline.endMs)} with a lane each for ${names}`,
    axis(frame, bottomPx),
    lanes,
  )
}

function axis({ scale, leftPx, rightPx, isNarrow }: Frame, bottomPx: number): Markup {
  return el(
    'g',
    {},
    scale
      .ticks(isNarrow ? 4 : 10)
      .map((ms) => [
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
