import type { MicroOperation } from '../history/events.ts'
import { NEVER, Outcome, type TransactionTable } from '../history/transaction_table.ts'
import type { ToldHistory, ToldOutcome, ToldStep } from './told_history.ts'
import { keyText, valueText } from './values.ts'

const OUTCOMES: Readonly<Record<number, ToldOutcome>> = {
  [Outcome.committed]: 'committed',
  [Outcome.aborted]: 'aborted',
  [Outcome.unknown]: 'unknown',
}

/** The history of clients' events, in words. */
export function tellTable(
  table: TransactionTable,
  names: ((transaction: number) => string) | undefined,
): ToldHistory {
  const nothing = hasLists(table) ? [] : null
  return {
    count: table.count,
    lanes: table.processNames.map((name) => (typeof name === 'string' ? name : `process ${name}`)),
    laneOf: (transaction) => table.process[transaction]!,
    nameOf: names ?? namesByActor(table) ?? ((transaction) => `T${transaction}`),
    outcomeOf: (transaction) => OUTCOMES[table.outcome[transaction]!]!,
    beganAt: (transaction) => table.invokedAt[transaction]!,
    endedAt(transaction) {
      const at = table.completedAt[transaction]!
      return at === NEVER ? Number.POSITIVE_INFINITY : at
    },
    stepsOf(transaction) {
      const seen = table.outcome[transaction] === Outcome.committed ? nothing : undefined
      return table.operations[transaction]!.map((step) => toldStep(step, seen))
    },
    sees,
  }
}

/**
 * Processes that have names are actors: `alice`, and `alice#2` where she does more than one.
 *
 * @returns undefined where processes have numbers
 */
function namesByActor(table: TransactionTable): ((transaction: number) => string) | undefined {
  if (table.count === 0 || !table.processNames.every(isActor)) return undefined
  const counts = new Int32Array(table.processNames.length)
  const places = Int32Array.from(table.process, (process) => ++counts[process]!)
  return (transaction) => {
    const process = table.process[transaction]!
    const name = table.processNames[process] as string
    return counts[process] === 1 ? name : `${name}#${places[transaction]!}`
  }
}

function isActor(name: string | number): boolean {
  return typeof name === 'string' && !/^\d+$/.test(name)
}

/** Whether what is not there yet is an empty list. */
function hasLists({ operations }: TransactionTable): boolean {
  for (const steps of operations) {
    for (const [kind] of steps) if (kind !== 'r') return kind === 'append'
  }
  return false
}

/** @param nothing what a read saw that saw nothing; undefined where nobody knows what it saw */
function toldStep(step: MicroOperation, nothing: readonly never[] | null | undefined): ToldStep {
  const [kind, key] = step
  if (kind === 'rp') {
    const saw = step[2] === null ? '' : ` = ${valueText(step[2])}`
    const text = `read all that is ${valueText(step[1])}${saw}`
    return { kind: 'query', key: undefined, text, value: step[2] }
  }
  const name = keyText(key)
  if (kind === 'r') {
    const saw = nothing === undefined ? '' : ` = ${valueText(step[2] ?? nothing)}`
    return { kind: 'read', key: step[1], text: `read ${name}${saw}`, value: step[2] }
  }
  return { kind: 'write', key: step[1], text: writeText(step, name), value: step[2] }
}

function writeText(step: MicroOperation, name: string): string {
  switch (step[0]) {
    case 'append':
      return `append ${valueText(step[2])} to ${name}`
    case 'insert':
      return `insert ${name} = ${valueText(step[2])}`
    case 'delete':
      return `delete ${name}`
    default:
      return `write ${name} = ${valueText(step[2])}`
  }
}

/** Values are unique for their key, so that a read says whose they are. */
function sees(reader: ToldStep, writer: ToldStep): boolean {
  const { value } = reader
  if (reader.kind !== 'query') {
    return Array.isArray(value) ? value.includes(writer.value) : value === writer.value
  }
  const seen = (value ?? {}) as Readonly<Record<string, unknown>>
  const key = String(writer.key)
  // Who does not find an object saw that it is gone, or that it does not match.
  return Object.hasOwn(seen, key) ? seen[key] === writer.value : true
}
