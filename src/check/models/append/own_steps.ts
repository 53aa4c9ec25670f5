/**
 * A transaction's own steps on one list: each read must be what the one before it saw, and what was
 * appended since; and nothing that is appended only later.
 */
import type { Key, MicroOperation, Value } from '../../history/events.ts'
import { show } from '../../wording.ts'
import { type Appends, READ } from './appends.ts'
import type { Note } from './reads.ts'

const NOTHING: readonly Value[] = []

/** Whether there is anything to compare: two steps of one key, one of them a read. */
export function touchesTwice(appends: Appends, transaction: number): boolean {
  const { firstStep, stepAppend, stepKey } = appends
  const end = firstStep[transaction + 1]!
  for (let one = firstStep[transaction]!; one < end; one++) {
    for (let other = one + 1; other < end; other++) {
      if (stepKey[one] !== stepKey[other]) continue
      if (stepAppend[one] === READ || stepAppend[other] === READ) return true
    }
  }
  return false
}

interface Expected {
  readonly list: readonly Value[]
  /** Whether it is the whole list, or its end only. */
  readonly isWhole: boolean
}

export function checkOwnSteps(
  transaction: number,
  steps: readonly MicroOperation[],
  appends: Appends,
  note: Note,
): void {
  const { firstStep, stepKey } = appends
  const expected = new Map<Key, Expected>()
  steps.forEach((step, at) => {
    const name = step[1] as Key
    const before = expected.get(name)
    if (step[0] === 'append') {
      const list = [...(before?.list ?? NOTHING), step[2]]
      expected.set(name, { list, isWhole: before?.isWhole ?? false })
      return
    }
    const list = (step[2] ?? NOTHING) as readonly Value[]
    const key = appends.keys[stepKey[firstStep[transaction]! + at]!]!
    for (const element of appendedAfter(steps, at)) {
      if (!list.includes(element)) continue
      note(
        'future-read',
        key,
        [transaction],
        () => `T${transaction} read ${show(element)} in ${show(name)} before it appended it.`,
      )
    }
    if (before !== undefined && !follows(list, before)) {
      note(
        'internal',
        key,
        [transaction],
        () =>
          `T${transaction} read ${show(name)} as ${show(list)}, but by its own earlier steps ` +
          `it ${before.isWhole ? 'was' : 'ended in'} ${show(before.list)}.`,
      )
    }
    expected.set(name, { list, isWhole: true })
  })
}

/** What is appended to a key after a step on it. */
function appendedAfter(steps: readonly MicroOperation[], at: number): Value[] {
  return steps
    .slice(at + 1)
    .flatMap((step) => (step[0] === 'append' && step[1] === steps[at]![1] ? [step[2]] : []))
}

function follows(list: readonly Value[], before: Expected): boolean {
  const offset = list.length - before.list.length
  if (before.isWhole ? offset !== 0 : offset < 0) return false
  return before.list.every((element, at) => list[offset + at] === element)
}
