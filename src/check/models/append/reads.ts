/**
 * What single reads give away: elements that nobody appended, that were aborted, that were not yet
 * final, that contradict the transaction's own steps, or another list of the same key.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { AnomalyType } from '../../anomalies/table.ts'
import type { Key, MicroOperation, Value } from '../../history/events.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import type { AppendKey, Appends } from './appends.ts'

const NOTHING: readonly Value[] = []

/** At most so many of a kind for a key: the first ones tell the story. */
const FINDINGS_PER_KEY_MAX = 8

export class ReadCheck {
  readonly #table: TransactionTable
  readonly #appends: Appends
  readonly #findings: Finding[]
  readonly #counts = new Map<string, number>()

  constructor(table: TransactionTable, appends: Appends, findings: Finding[]) {
    this.#table = table
    this.#appends = appends
    this.#findings = findings
  }

  checkAll(): void {
    for (let transaction = 0; transaction < this.#table.count; transaction++) {
      if (this.#table.outcome[transaction] !== Outcome.committed) continue
      const steps = this.#table.operations[transaction]!
      let readsAndMore = false
      for (let at = 0; at < steps.length; at++) {
        const step = steps[at]!
        if (step[0] !== 'r') continue
        this.#checkRead(transaction, step)
        if (steps.length > 1) readsAndMore = true
      }
      if (readsAndMore) this.#checkOwnSteps(transaction, steps)
    }
  }

  #checkRead(transaction: number, [, name, value]: MicroOperation & { 0: 'r' }): void {
    if (value === null) return
    const list = value as readonly Value[]
    if (list.length === 0) return
    const key = this.#appends.keyOf(name as Key)
    if (!isBeginning(list, key.longest)) {
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
    // Of a beginning of the longest list, only the reader of that list is asked for authors.
    if (transaction === key.longestReader || !isBeginning(list, key.longest)) {
      this.#checkAuthors(transaction, key, list)
    } else if (this.#isTainted(key)) {
      this.#checkAuthors(transaction, key, list)
    }
    this.#checkIntermediate(transaction, key, list.at(-1)!)
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

  readonly #tainted = new Map<AppendKey, boolean>()

  /** Whether the longest list has elements of nobody, or of somebody who aborted. */
  #isTainted(key: AppendKey): boolean {
    let tainted = this.#tainted.get(key)
    if (tainted === undefined) {
      tainted = key.longest.some((element) => {
        const append = key.appendOf.get(element)
        if (append === undefined) return true
        return this.#table.outcome[this.#appends.author[append]!] === Outcome.aborted
      })
      this.#tainted.set(key, tainted)
    }
    return tainted
  }

  #checkAuthors(transaction: number, key: AppendKey, list: readonly Value[]): void {
    for (const element of list) {
      const append = key.appendOf.get(element)
      if (append === undefined) {
        this.#note(
          'garbage-read',
          key,
          [transaction],
          () =>
            `T${transaction} read ${show(element)} in ${show(key.name)}, which nobody appended.`,
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
          `T${transaction} read ${show(element)} in ${show(key.name)}, ` +
          `which T${author} appended and aborted.`,
      )
    }
  }

  #checkIntermediate(transaction: number, key: AppendKey, last: Value): void {
    const append = key.appendOf.get(last)
    if (append === undefined || this.#appends.isLast[append] === 1) return
    const author = this.#appends.author[append]!
    if (author === transaction) return
    this.#note(
      'G1b',
      key,
      [transaction, author],
      () =>
        `T${transaction} read ${show(key.name)} up to ${show(last)}, ` +
        `in the middle of what T${author} appended.`,
    )
  }

  /** Each read must be the last one, and what was appended since. */
  #checkOwnSteps(transaction: number, steps: readonly MicroOperation[]): void {
    const expected = new Map<Key, { list: readonly Value[]; fromStart: boolean }>()
    steps.forEach((step, at) => {
      const name = step[1] as Key
      const before = expected.get(name)
      if (step[0] === 'append') {
        const list = [...(before?.list ?? NOTHING), step[2]]
        expected.set(name, { list, fromStart: before?.fromStart ?? false })
        return
      }
      const list = (step[2] ?? NOTHING) as readonly Value[]
      this.#checkFuture(transaction, name, list, steps, at)
      if (before !== undefined && !follows(list, before)) {
        this.#note(
          'internal',
          this.#appends.keyOf(name),
          [transaction],
          () =>
            `T${transaction} read ${show(name)} as ${show(list)}, but by its own earlier steps ` +
            `it ${before.fromStart ? 'was' : 'ended in'} ${show(before.list)}.`,
        )
      }
      expected.set(name, { list, fromStart: true })
    })
  }

  #checkFuture(
    transaction: number,
    name: Key,
    list: readonly Value[],
    steps: readonly MicroOperation[],
    at: number,
  ): void {
    for (let after = at + 1; after < steps.length; after++) {
      const step = steps[after]!
      if (step[0] !== 'append' || step[1] !== name || !list.includes(step[2])) continue
      this.#note(
        'future-read',
        this.#appends.keyOf(name),
        [transaction],
        () => `T${transaction} read ${show(step[2])} in ${show(name)} before it appended it.`,
      )
    }
  }

  #note(
    type: AnomalyType,
    key: AppendKey,
    transactions: readonly number[],
    sentence: () => string,
  ): void {
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

function follows(
  list: readonly Value[],
  before: { readonly list: readonly Value[]; readonly fromStart: boolean },
): boolean {
  const offset = list.length - before.list.length
  if (before.fromStart ? offset !== 0 : offset < 0) return false
  return before.list.every((element, at) => list[offset + at] === element)
}

function show(value: unknown): string {
  return JSON.stringify(value)
}
