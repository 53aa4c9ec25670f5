/**
 * What one picture shows: lanes, the transactions on them, and the edges between. A small history
 * is shown whole; of a large one those of the cycle, and who came before and after them.
 */

import type { Explanation } from '../explain/explanation.ts'
import type { ToldHistory, ToldOutcome } from '../explain/told_history.ts'
import type { EdgeKind } from '../graph/edges.ts'
import type { Key } from '../history/events.ts'
import { type Core, coreOf } from './core.ts'
import { neighboursOf } from './neighbours.ts'

export interface Scene {
  readonly lanes: readonly string[]
  readonly bars: readonly Bar[]
  readonly links: readonly Link[]
  /** Transactions of the history that are not among the bars. */
  readonly leftOut: number
  /** Whether it is known when each statement ran. */
  readonly isTimed: boolean
}

/** A transaction. */
export interface Bar {
  readonly transaction: number
  readonly name: string
  readonly lane: number
  readonly outcome: ToldOutcome
  /** Whether it takes part in what is explained; else it is only nearby. */
  readonly takesPart: boolean
  readonly beganAt: number
  readonly endedAt: number
  /** Those shown; all of them where there are few. */
  readonly steps: readonly BarStep[]
  /** What it did, in full. */
  readonly texts: readonly string[]
}

export interface BarStep {
  readonly step: number
  readonly text: string
  readonly at: number
  /** Whether an edge or the explanation points at it. */
  readonly isTold: boolean
  /** Whether it is one of those that raced. */
  readonly isRacing: boolean
}

export interface LinkEnd {
  readonly transaction: number
  readonly step: number | undefined
}

export interface Link {
  readonly from: LinkEnd
  readonly to: LinkEnd
  readonly kind: EdgeKind
  readonly key?: Key
  readonly sentence: string
  /** Its place in the cycle. */
  readonly edge: number
  /** How many edges of the cycle it stands for. */
  readonly edges: number
}

/** So many steps of a transaction are shown, besides those that matter. */
const STEPS_SHOWN = 6

export function sceneOf(explanation: Explanation, history: ToldHistory): Scene {
  const core = coreOf(explanation)
  const near = neighboursOf(core.transactions, history)
  const shown = [...core.transactions, ...near]
  const laneNumbers = [...new Set(shown.map((transaction) => history.laneOf(transaction)))]
  const told = toldSteps(explanation, core)
  const racing = new Set(explanation.race.map(({ transaction, step }) => `${transaction} ${step}`))
  const takingPart = new Set(core.transactions)
  return {
    lanes: laneNumbers.map((lane) => history.lanes[lane]!),
    bars: shown.map((transaction) => {
      const lane = laneNumbers.indexOf(history.laneOf(transaction))
      const takesPart = takingPart.has(transaction)
      return barOf({ transaction, lane, takesPart, history, told, racing })
    }),
    links: core.links,
    leftOut: history.count - shown.length,
    isTimed: shown.every((transaction) =>
      history.stepsOf(transaction).every(({ at }) => at !== undefined),
    ),
  }
}

/** Steps that an edge begins or ends at, or that raced. */
function toldSteps({ race }: Explanation, { links }: Core): ReadonlySet<string> {
  const ends = links.flatMap(({ from, to }) => [from, to])
  return new Set([...ends, ...race].map(({ transaction, step }) => `${transaction} ${step}`))
}

interface BarParts {
  readonly transaction: number
  readonly lane: number
  readonly takesPart: boolean
  readonly history: ToldHistory
  readonly told: ReadonlySet<string>
  readonly racing: ReadonlySet<string>
}

function barOf(parts: BarParts): Bar {
  const { transaction, lane, takesPart, history, told, racing } = parts
  const beganAt = history.beganAt(transaction)
  const endedAt = history.endedAt(transaction)
  const all = history.stepsOf(transaction)
  const end = Number.isFinite(endedAt) ? endedAt : beganAt + 1
  const steps = all.map(({ text, at }, step): BarStep => {
    const name = `${transaction} ${step}`
    // Of most histories no more is known than that it was within the transaction.
    const guessed = beganAt + ((end - beganAt) * (step + 1)) / (all.length + 1)
    return { step, text, at: at ?? guessed, isTold: told.has(name), isRacing: racing.has(name) }
  })
  const few = steps.filter(({ isTold, step }) => isTold || step < STEPS_SHOWN)
  return {
    transaction,
    name: history.nameOf(transaction),
    lane,
    outcome: history.outcomeOf(transaction),
    takesPart,
    beganAt,
    endedAt,
    steps: takesPart ? few : [],
    texts: all.map(({ text }) => text),
  }
}
