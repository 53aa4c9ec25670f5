import type { HistoryEvent, MicroOperation } from '../../../src/check/index.ts'

/** A read skew over as many transactions: each appends after the one before, the last reads old. */
export function longCycle(length: number): HistoryEvent[] {
  const ring = Array.from({ length }, (_, at) => at)
  const values = ring.map((at): MicroOperation[] => {
    const append: MicroOperation = ['append', 'ring', at]
    if (at === 0) return [append, ['append', 'other', 0]]
    return at === length - 1 ? [append, ['r', 'other', []]] : [append]
  })
  values.push([['r', 'ring', ring]])
  const completions = values.map(
    (value, process) => ({ type: 'ok', process, f: 'txn', value }) as const,
  )
  return [...completions.map((event) => ({ ...event, type: 'invoke' }) as const), ...completions]
}
