import type { Granularity, Random } from '../../sim/index.ts'
import type { ExploreOptions, StrategyName } from '../options.ts'
import { parseSchedule, type Schedule } from '../schedule_text.ts'
import { ExhaustivePicker } from './exhaustive.ts'
import { PctPicker } from './pct.ts'
import type { Picker } from './picker.ts'
import { RandomPicker } from './random.ts'
import { ReplayPicker } from './replay.ts'

/** The options that say which schedules are played, with their defaults. */
export interface Resolved {
  readonly strategy: StrategyName
  readonly seed: number
  readonly granularity: Granularity
  readonly schedulesMax: number
  readonly depth: number
  readonly reduction: boolean
  /** A write that meets an open transaction waits for its end, as one step. */
  readonly waitForHolder: boolean
  readonly replay: Schedule | undefined
}

export function resolve<Given>(options: ExploreOptions<Given>): Resolved {
  const { strategy = 'pct', seed = 1, depth = 3, reduction = true, replay } = options
  const isExhaustive = strategy === 'exhaustive'
  const { granularity = isExhaustive ? 'statement' : 'yieldPoint' } = options
  const { schedules = isExhaustive ? 100_000 : 1_000 } = options
  return {
    strategy,
    seed,
    granularity,
    schedulesMax: schedules,
    depth,
    reduction,
    waitForHolder: isExhaustive || granularity === 'statement',
    replay: replay === undefined ? undefined : parseSchedule(replay),
  }
}

/** @param withTime whether the order of real time can be told from a history */
export function makePicker(resolved: Resolved, random: Random, withTime: boolean): Picker {
  const { strategy, depth, reduction, replay } = resolved
  if (replay !== undefined) return new ReplayPicker(replay.threads, { strict: true })
  switch (strategy) {
    case 'random':
      return new RandomPicker(random)
    case 'pct':
      return new PctPicker(random, depth)
    case 'exhaustive':
      return new ExhaustivePicker({ reduction, withTime })
  }
}
