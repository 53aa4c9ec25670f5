/**
 * All steps of a list-append history in columns: keys and appends have dense numbers, so that what
 * follows looks nothing up by name.
 */
import { HistoryError, type Key, type Value } from '../../history/events.ts'
import { Outcome, placeOf, type TransactionTable } from '../../history/transaction_table.ts'
import { ElementTable, KeyNumbers } from './element_table.ts'

/** In place of the number of an append: the step is a read. */
export const READ = -1

/** One key of a list-append history, and the longest list that was read of it. */
export class AppendKey {
  readonly name: Key
  readonly number: number
  /** The longest list that a committed transaction has read, and who. */
  longest: readonly Value[] = NOTHING
  longestReader = -1
  /** The append of it that was indexed last. */
  lastAppend = -1

  constructor(name: Key, number: number) {
    this.name = name
    this.number = number
  }
}

const NOTHING: readonly Value[] = []

export interface Appends {
  readonly keys: readonly AppendKey[]
  /** By transaction: where its steps begin; those of the next one begin where they end. */
  readonly firstStep: Int32Array
  /** By step: the number of its key. */
  readonly stepKey: Int32Array
  /** By step: the number of its append, or `READ`. */
  readonly stepAppend: Int32Array
  /** How many appends there are, whatever became of them. */
  readonly count: number
  /** By append: who did it, and to which key. */
  readonly author: Int32Array
  readonly keyOf: Int32Array
  /** By append: 1 where it is its author's last one to its key: what others may see. */
  readonly isLast: Uint8Array
  /** The append of an element, or -1 where nobody appended it. */
  find(key: number, element: Value): number
}

/** @throws HistoryError where two appends can't be told apart, or a step is of another model */
export function indexAppends(table: TransactionTable): Appends {
  let steps = 0
  let appends = 0
  for (let transaction = 0; transaction < table.count; transaction++) {
    const own = table.operations[transaction]!
    steps += own.length
    for (let at = 0; at < own.length; at++) if (own[at]![0] === 'append') appends++
  }
  const index = new AppendIndex(table, steps, appends)
  for (let transaction = 0; transaction < table.count; transaction++) index.add(transaction)
  return index.finish()
}

class AppendIndex {
  readonly #table: TransactionTable
  readonly #names = new KeyNumbers()
  readonly #elements: ElementTable
  readonly #keys: AppendKey[] = []
  readonly #firstStep: Int32Array
  readonly #stepKey: Int32Array
  readonly #stepAppend: Int32Array
  readonly #author: Int32Array
  readonly #isLast: Uint8Array
  #steps = 0

  constructor(table: TransactionTable, steps: number, appends: number) {
    this.#table = table
    this.#elements = new ElementTable(appends)
    this.#firstStep = new Int32Array(table.count + 1)
    this.#stepKey = new Int32Array(steps)
    this.#stepAppend = new Int32Array(steps)
    this.#author = new Int32Array(appends)
    this.#isLast = new Uint8Array(appends)
  }

  add(transaction: number): void {
    const own = this.#table.operations[transaction]!
    const committed = this.#table.outcome[transaction] === Outcome.committed
    for (let at = 0; at < own.length; at++) {
      const step = own[at]!
      const key = this.#key(step[1] as Key)
      this.#stepKey[this.#steps] = key.number
      if (step[0] === 'append') {
        this.#stepAppend[this.#steps] = this.#append(transaction, key, step[2])
      } else if (step[0] === 'r') {
        this.#stepAppend[this.#steps] = READ
        const list = step[2]
        if (list !== null) this.#read(transaction, key, list, committed)
      } else {
        throw this.#error(transaction, `a list-append history has no step '${step[0]}'`)
      }
      this.#steps++
    }
    this.#firstStep[transaction + 1] = this.#steps
  }

  #key(name: Key): AppendKey {
    const number = this.#names.numberOf(name, this.#keys.length)
    if (number === this.#keys.length) this.#keys.push(new AppendKey(name, number))
    return this.#keys[number]!
  }

  #append(transaction: number, key: AppendKey, element: Value): number {
    const append = this.#elements.add(key.number, element)
    if (append < 0) {
      throw this.#error(
        transaction,
        `${JSON.stringify(element)} is appended twice to ${JSON.stringify(key.name)}: ` +
          'elements must be unique for their key, so that a read says who wrote them',
      )
    }
    this.#author[append] = transaction
    this.#isLast[append] = 1
    const before = key.lastAppend
    if (before >= 0 && this.#author[before] === transaction) this.#isLast[before] = 0
    key.lastAppend = append
    return append
  }

  #read(transaction: number, key: AppendKey, list: unknown, committed: boolean): void {
    if (!Array.isArray(list)) {
      throw this.#error(
        transaction,
        `a read of list-append is a list or null, not ${JSON.stringify(list)}`,
      )
    }
    if (!committed || list.length <= key.longest.length) return
    key.longest = list
    key.longestReader = transaction
  }

  #error(transaction: number, message: string): HistoryError {
    return new HistoryError(`${placeOf(this.#table, transaction)}: ${message}`)
  }

  finish(): Appends {
    const elements = this.#elements
    return {
      keys: this.#keys,
      firstStep: this.#firstStep,
      stepKey: this.#stepKey,
      stepAppend: this.#stepAppend,
      count: this.#author.length,
      author: this.#author,
      keyOf: elements.keyOf,
      isLast: this.#isLast,
      find: (key, element) => elements.find(key, element),
    }
  }
}
