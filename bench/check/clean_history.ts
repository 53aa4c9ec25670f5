/**
 * Histories as a strictly serializable database would give them, of any size: twenty clients at a
 * time, a hundred lists that are replaced when they are full (as Elle's generator has it), one to
 * three reads and appends a transaction. Every tenth fails, of every hundredth nobody knows.
 */
import type { HistoryEvent, MicroOperation } from '../../src/check/index.ts'
import { Random } from '../../src/sim/index.ts'

const CLIENTS = 20
const LISTS = 100
const ELEMENTS_MAX = 32
const STEPS_MAX = 3

interface List {
  readonly key: number
  readonly elements: number[]
}

interface Step {
  readonly list: List
  /** Undefined for a read. */
  readonly element: number | undefined
}

interface Open {
  readonly process: number
  readonly steps: readonly Step[]
}

export function* cleanHistory(transactions: number, seed = 1): Generator<HistoryEvent> {
  const random = new Random(seed)
  const lists: List[] = Array.from({ length: LISTS }, (_, key) => ({ key, elements: [] }))
  const open: Open[] = []
  const idle = Array.from({ length: CLIENTS }, (_, at) => at)
  let processes = CLIENTS
  let keys = LISTS
  let element = 0
  const step = (): Step => {
    const slot = random.below(LISTS)
    if (lists[slot]!.elements.length >= ELEMENTS_MAX) lists[slot] = { key: keys++, elements: [] }
    return { list: lists[slot]!, element: random.below(2) === 0 ? undefined : ++element }
  }
  for (let begun = 0; begun < transactions || open.length > 0; ) {
    const begins = begun < transactions && idle.length > 0 && random.below(2) === 0
    if (begins || open.length === 0) {
      const process = take(idle, random)
      const steps = Array.from({ length: 1 + random.below(STEPS_MAX) }, step)
      open.push({ process, steps })
      begun++
      yield { type: 'invoke', process, f: 'txn', value: steps.map(asked) }
      continue
    }
    const { process, steps } = take(open, random)
    const chance = random.below(100)
    const type = chance < 10 ? 'fail' : chance === 10 ? 'info' : 'ok'
    const value = type === 'fail' ? steps.map(asked) : steps.map(done)
    idle.push(type === 'info' ? processes++ : process)
    yield { type, process, f: 'txn', value }
  }
}

function take<T>(from: T[], random: Random): T {
  const at = random.below(from.length)
  const taken = from[at]!
  from[at] = from.at(-1)!
  from.pop()
  return taken
}

function asked({ list, element }: Step): MicroOperation {
  return element === undefined ? ['r', list.key, null] : ['append', list.key, element]
}

/** All steps at one moment, which is what makes it serializable. */
function done({ list, element }: Step): MicroOperation {
  if (element === undefined) return ['r', list.key, list.elements.slice()]
  list.elements.push(element)
  return ['append', list.key, element]
}
