/** The pair of statements to look at first. */
import type { AnomalyType } from '../anomalies/table.ts'
import type { EdgeKind } from '../graph/edges.ts'
import type { EdgeExplanation, StatementReference } from './explanation.ts'
import { referenceTo } from './reference.ts'
import type { ToldHistory, ToldStep } from './told_history.ts'

/** A write that a read missed tells more than a read that saw a write, and that than two writes. */
const TELLING: readonly EdgeKind[] = ['rw', 'wr', 'ww']

/** Of a cycle: the statements of its most telling edge. */
export function raceOfCycle(edges: readonly EdgeExplanation[]): StatementReference[] {
  for (const kind of TELLING) {
    for (const edge of edges) {
      if (edge.kind !== kind || edge.fromStep === undefined || edge.toStep === undefined) continue
      return [edge.fromStep, edge.toStep]
    }
  }
  return []
}

/** Of what needs no cycle: whose read saw what of whom, or who wrote the same object. */
export function raceOfFinding(
  type: AnomalyType,
  transactions: readonly number[],
  history: ToldHistory,
): StatementReference[] {
  const [first, second] = transactions
  if (first === undefined || second === undefined || first === second) return []
  const ofFirst = history.stepsOf(first)
  const ofSecond = history.stepsOf(second)
  const pairs = type === 'lost-update' ? lostUpdatePairs : readPairs
  for (const [one, other] of pairs(ofFirst, ofSecond, history)) {
    return [referenceTo(history, first, one), referenceTo(history, second, other)]
  }
  return []
}

type Pairs = Generator<readonly [one: number, other: number]>

/** Both wrote an object that both had read. */
function* lostUpdatePairs(first: readonly ToldStep[], second: readonly ToldStep[]): Pairs {
  for (const [one, { kind, key }] of first.entries()) {
    if (kind !== 'write' || !readsBefore(first, one)) continue
    const other = second.findIndex((step) => step.kind === 'write' && step.key === key)
    if (other >= 0 && readsBefore(second, other)) yield [one, other]
  }
}

function readsBefore(steps: readonly ToldStep[], write: number): boolean {
  const { key } = steps[write]!
  return steps.some((step, at) => at < write && step.kind === 'read' && step.key === key)
}

/** The first read what the second wrote; else both are about the same object at least. */
function* readPairs(
  first: readonly ToldStep[],
  second: readonly ToldStep[],
  history: ToldHistory,
): Pairs {
  for (const needsToSee of [true, false]) {
    for (const [one, read] of first.entries()) {
      if (read.kind === 'write') continue
      for (const [other, step] of second.entries()) {
        if (step.key !== read.key || step === read) continue
        if (!needsToSee || (step.kind === 'write' && history.sees(read, step))) yield [one, other]
      }
    }
  }
}
