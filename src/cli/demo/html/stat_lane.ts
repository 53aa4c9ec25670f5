import { el, type Markup } from '../../../picture/index.ts'
import { countText, secondsText } from '../../numbers.ts'
import type { StatStep } from '../../story/story.ts'
import { BAR_PX, type Lane, labelAbove, laneLine, laneName } from './lane.ts'

/** mongostat: a column for each second, as high as the conflicts that the server added in it. */
export function statLane(stats: readonly StatStep[], lane: Lane): Markup {
  const { scale, barPx, color, isNarrow } = lane
  const most = Math.max(1, ...stats.map(({ writeConflicts }) => writeConflicts))
  const basePx = barPx + BAR_PX
  const columns = stats.map(({ atMs, writeConflicts }) => {
    const x = scale.at(atMs - 1000)
    const height = Math.max(1.5, (BAR_PX * writeConflicts) / most)
    return el('rect', {
      class: color,
      x,
      y: basePx - height,
      width: Math.max(1, scale.at(atMs) - x),
      height,
      stroke: 'none',
      'data-tip': `${secondsText(atMs)}|writeConflicts.rate(): ${countText(writeConflicts)}`,
    })
  })
  const peak = stats.find(({ writeConflicts }) => writeConflicts === most)
  const label = `${isNarrow ? '' : 'writeConflicts.rate(): '}${countText(most)} in one second`
  return el(
    'g',
    {},
    laneName('mongostat', lane),
    laneLine(lane, basePx),
    columns,
    peak === undefined ? undefined : labelAbove(label, scale.at(peak.atMs), lane),
  )
}
