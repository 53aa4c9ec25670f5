/** Time runs down. Every beginning, statement and end has a row of its own, in their order. */
import type { Bar, BarStep, Scene } from './scene.ts'

export interface Rows {
  readonly bars: readonly PlacedBar[]
  readonly gaps: readonly Gap[]
  readonly heightPx: number
}

export interface PlacedBar {
  readonly bar: Bar
  readonly topPx: number
  readonly bottomPx: number
  readonly steps: readonly { readonly step: BarStep; readonly yPx: number }[]
}

/** Transactions in between that are not shown. */
export interface Gap {
  readonly yPx: number
  readonly transactions: number
}

export const NAME_PX = 22
export const STEP_PX = 22
const END_PX = 8
const GAP_PX = 22
/** Above the first row: the names of the lanes. */
export const HEAD_PX = 34
/** What is left out is worth a row where it is so many, and such a part of all that is. */
const GAP_MIN = { transactions: 4, share: 0.02 } as const

type Moment =
  | { readonly kind: 'begin'; readonly bar: number; readonly at: number }
  | { readonly kind: 'step'; readonly bar: number; readonly at: number; readonly step: BarStep }
  | { readonly kind: 'end'; readonly bar: number; readonly at: number }

/** @param leftOutBetween how many transactions that are not shown began between two positions */
export function rowsOf(
  { bars, leftOut }: Scene,
  leftOutBetween: (from: number, to: number) => number,
): Rows {
  const tops = new Float64Array(bars.length)
  const bottoms = new Float64Array(bars.length)
  const steps: { step: BarStep; yPx: number }[][] = bars.map(() => [])
  const gaps: Gap[] = []
  const gapMin = Math.max(GAP_MIN.transactions, leftOut * GAP_MIN.share)
  let yPx = HEAD_PX
  let last = Number.NEGATIVE_INFINITY
  for (const moment of momentsOf(bars)) {
    const transactions = leftOutBetween(last, moment.at)
    if (transactions >= gapMin) {
      gaps.push({ yPx: yPx + GAP_PX / 2, transactions })
      yPx += GAP_PX
    }
    last = moment.at
    if (moment.kind === 'begin') {
      tops[moment.bar] = yPx
      yPx += NAME_PX
    } else if (moment.kind === 'step') {
      steps[moment.bar]!.push({ step: moment.step, yPx: yPx + STEP_PX / 2 })
      yPx += STEP_PX
    } else {
      yPx += END_PX
      bottoms[moment.bar] = yPx - 2
    }
  }
  return {
    bars: bars.map((bar, at) => ({
      bar,
      topPx: tops[at]!,
      bottomPx: bottoms[at]!,
      steps: steps[at]!,
    })),
    gaps,
    heightPx: yPx,
  }
}

/** At the same position what ends comes first. */
const ORDER = { end: 0, begin: 1, step: 2 } as const

function momentsOf(bars: readonly Bar[]): Moment[] {
  const moments = bars.flatMap((bar, at): Moment[] => [
    { kind: 'begin', bar: at, at: bar.beganAt },
    ...bar.steps.map((step) => ({ kind: 'step', bar: at, at: step.at, step }) as const),
    { kind: 'end', bar: at, at: bar.endedAt },
  ])
  return moments.sort((left, right) => byTime(left, right) || ORDER[left.kind] - ORDER[right.kind])
}

/** Two that never end are at the same position. */
function byTime(left: Moment, right: Moment): number {
  return left.at === right.at ? 0 : left.at - right.at
}
