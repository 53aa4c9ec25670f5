import type { TimelineStep } from '../explain/timeline.ts'

/** When steps ran, where it is known: by their places in the order in which they did. */
export interface StepTimes {
  timeOf(transaction: number, step: number): number | undefined
  /** From its first statement to its last, a little more on both sides. */
  spanOf(transaction: number): { readonly from: number; readonly to: number } | undefined
}

export function stepTimesOf(timeline: readonly TimelineStep[]): StepTimes {
  const times = new Map<string, number>()
  const spans = new Map<number, { from: number; to: number }>()
  for (const [at, { transaction, operation }] of timeline.entries()) {
    if (transaction === undefined) continue
    if (operation !== undefined) times.set(`${transaction} ${operation}`, at)
    const span = spans.get(transaction)
    if (span === undefined) spans.set(transaction, { from: at - MARGIN, to: at + MARGIN })
    else span.to = at + MARGIN
  }
  return {
    timeOf: (transaction, step) => times.get(`${transaction} ${step}`),
    spanOf: (transaction) => spans.get(transaction),
  }
}

/** Of the distance between two statements. */
const MARGIN = 0.4
