import { isDeepStrictEqual } from 'node:util'
import type { Replay } from './replay.ts'
import type { Outcome, Schedule } from './schedule.ts'

/** One place where the replay and the recording disagree. */
export interface Difference {
  readonly where: string
  readonly recorded: unknown
  readonly replayed: unknown
}

/** Compares every outcome, and the end: final rows, open sessions, statistics. */
export function compare(schedule: Schedule, replay: Replay): Difference[] {
  const differences: Difference[] = []
  const note = (where: string, recorded: unknown, replayed: unknown): void => {
    if (!isDeepStrictEqual(recorded, replayed)) differences.push({ where, recorded, replayed })
  }
  for (const [position, recorded] of schedule.out.entries()) {
    note(`step ${position}: ${schedule.steps[position]}`, recorded, replay.out[position])
  }
  note('end: unfinished', schedule.end.unfinished, replay.end.unfinished)
  note('end: final', schedule.end.final, replay.end.final)
  for (const [name, recorded] of Object.entries(schedule.end.stats)) {
    note(`end: stats.${name}`, recorded, replay.end.stats[name])
  }
  return differences
}

/** The schedule up to and including a difference, as one reads it. */
export function render(schedule: Schedule, replay: Replay, difference: Difference): string {
  const lines = [`schedule ${schedule.id} (${schedule.mode}), ${difference.where}`]
  for (const [position, step] of schedule.steps.entries()) {
    lines.push(`  ${position}. ${step}  ->  ${brief(replay.out[position])}`)
    if (difference.where.startsWith(`step ${position}:`)) break
  }
  lines.push(`  recorded: ${JSON.stringify(difference.recorded)}`)
  lines.push(`  replayed: ${JSON.stringify(difference.replayed)}`)
  return lines.join('\n')
}

function brief(outcome: Outcome | undefined): string {
  if (outcome === undefined) return '?'
  const { rc, ...rest } = outcome
  return Object.keys(rest).length === 0 ? rc : `${rc} ${JSON.stringify(rest)}`
}
