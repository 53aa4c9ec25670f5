/**
 * What single reads give away: elements that nobody appended, that were aborted, that were not yet
 * final, that contradict the transaction's own steps, or another list of the same key; and of all
 * others, which version they saw.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { AnomalyType } from '../../anomalies/table.ts'
import type { Value } from '../../history/events.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import { show } from '../../wording.ts'
import { type AppendKey, type Appends, READ } from './appends.ts'
import { checkOwnSteps, touchesTwice } from './own_steps.ts'
import { UNREAD, type VersionOrders } from './version_orders.ts'

const NOTHING: readonly Value[] = []

/** The version before all others, in place of the append that made it. */
export const INITIAL = -1

/** At most so many of a kind for a key: the first ones tell the story. */
const FINDINGS_PER_KEY_MAX = 8

/**
 * Looks at all reads of committed transactions.
 *
 * @returns by step: the append that made the version which a read saw of others, the reader's own
 *   appends left aside; `INITIAL` where it saw none
 */
export function checkReads(
  table: TransactionTable,
  appends: Appends,
  versions: VersionOrders,
  findings: Finding[],
): Int32Array {
  const check = new ReadCheck(table, appends, versions, findings)
  for (let transaction = 0; transaction < table.count; transaction++) {
    if (table.outcome[transaction] === Outcome.committed) check.checkReadsOf(transaction)
  }
  return check.seen
}

/** Notes a finding, unless there are enough of its kind. */
export type Note = (
  type: AnomalyType,
  key: AppendKey,
  transactions: readonly number[],
  sentence: () => string,
) => void

class ReadCheck {
  readonly seen: Int32Array
  readonly #table: TransactionTable
  readonly #appends: Appends
  readonly #versions: VersionOrders
  readonly #findings: Finding[]
  readonly #counts = new Map<string, number>()

  constructor(
    table: TransactionTable,
    appends: Appends,
    versions: VersionOrders,
    findings: Finding[],
  ) {
    this.#table = table
    this.#appends = appends
    this.#versions = versions
    this.#findings = findings
    this.seen = new Int32Array(appends.stepKey.length).fill(INITIAL)
  }

  checkReadsOf(transaction: number): void {
    const { firstStep, stepAppend, stepKey } = this.#appends
    const steps = this.#table.operations[transaction]!
    const first = firstStep[transaction]!
    for (let at = 0; at < steps.length; at++) {
      if (stepAppend[first + at] !== READ) continue
      const list = (steps[at]![2] ?? NOTHING) as readonly Value[]
      if (list.length === 0) continue
      this.seen[first + at] = this.#checkRead(transaction, stepKey[first + at]!, list)
    }
    if (touchesTwice(this.#appends, transaction)) {
      checkOwnSteps(transaction, steps, this.#appends, this.#note)
    }
  }

  #checkRead(transaction: number, number: number, list: readonly Value[]): number {
    const key = this.#appends.keys[number]!
    const { isClean, order, orderStart } = this.#versions
    const isInOrder = isBeginning(list, key.longest)
    if (!isInOrder || isClean[number] === 0)
      return this.#checkOdd(transaction, key, list, isInOrder)
    const { author, isLast } = this.#appends
    const start = orderStart[number]!
    let at = start + list.length - 1
    const last = order[at]!
    if (author[last] !== transaction) {
      if (isLast[last] === 0) this.#noteIntermediate(transaction, key, last, list)
      return last
    }
    while (at >= start && author[order[at]!] === transaction) at--
    return at < start ? INITIAL : order[at]!
  }

  /** A list out of order, or of a key where something else is wrong. */
  #checkOdd(
    transaction: number,
    key: AppendKey,
    list: readonly Value[],
    isInOrder: boolean,
  ): number {
    const { author, isLast } = this.#appends
    if (!isInOrder) {
      this.#note(
        'incompatible-order',
        key,
        [transaction, key.longestReader],
        () =>
          `T${transaction} read ${show(key.name)} as ${show(list)}, ` +
          `but T${key.longestReader} read ${show(key.longest)}.`,
      )
      this.#checkDuplicates(transaction, key, list)
    }
    this.#checkAuthors(transaction, key, list)
    const last = this.#appends.find(key.number, list.at(-1)!)
    if (last >= 0 && isLast[last] === 0 && author[last] !== transaction) {
      this.#noteIntermediate(transaction, key, last, list)
    }
    for (let at = list.length - 1; at >= 0; at--) {
      const append = this.#appends.find(key.number, list[at]!)
      if (append < 0 || author[append] === transaction) continue
      if (this.#versions.position[append] !== UNREAD) return append
    }
    return INITIAL
  }

  #checkDuplicates(transaction: number, key: AppendKey, list: readonly Value[]): void {
    if (new Set(list).size === list.length) return
    this.#note(
      'duplicate-elements',
      key,
      [transaction],
      () => `T${transaction} read an element of ${show(key.name)} twice: ${show(list)}.`,
    )
  }

  #checkAuthors(transaction: number, key: AppendKey, list: readonly Value[]): void {
    for (const element of list) {
      const append = this.#appends.find(key.number, element)
      const name = show(key.name)
      if (append < 0) {
        this.#note(
          'garbage-read',
          key,
          [transaction],
          () => `T${transaction} read ${show(element)} in ${name}, which nobody appended.`,
        )
        continue
      }
      const author = this.#appends.author[append]!
      if (this.#table.outcome[author] !== Outcome.aborted) continue
      this.#note(
        'G1a',
        key,
        [transaction, author],
        () =>
          `T${transaction} read ${show(element)} in ${name}, ` +
          `which T${author} appended and aborted.`,
      )
    }
  }

  #noteIntermediate(
    transaction: number,
    key: AppendKey,
    last: number,
    list: readonly Value[],
  ): void {
    const author = this.#appends.author[last]!
    this.#note(
      'G1b',
      key,
      [transaction, author],
      () =>
        `T${transaction} read ${show(key.name)} up to ${show(list.at(-1))}, ` +
        `in the middle of what T${author} appended.`,
    )
  }

  readonly #note: Note = (type, key, transactions, sentence) => {
    const counted = `${type} ${key.number}`
    const count = this.#counts.get(counted) ?? 0
    this.#counts.set(counted, count + 1)
    if (count < FINDINGS_PER_KEY_MAX) {
      this.#findings.push({ type, transactions, sentence: sentence() })
    }
  }
}

function isBeginning(list: readonly Value[], longer: readonly Value[]): boolean {
  if (list === longer) return true
  if (list.length > longer.length) return false
  for (let at = list.length - 1; at >= 0; at--) if (list[at] !== longer[at]) return false
  return true
}
