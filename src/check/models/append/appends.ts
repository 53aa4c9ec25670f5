import { HistoryError, type Key, type Value } from '../../history/events.ts'
import type { TransactionTable } from '../../history/transaction_table.ts'

/** One key of a list-append history: who appended what, and the longest list that was read. */
export class AppendKey {
  readonly name: Key
  readonly number: number
  /** Each element, and the number of its append. */
  readonly appendOf = new Map<Value, number>()
  /** The longest list that a committed transaction has read, and who. */
  longest: readonly Value[] = []
  longestReader = -1

  constructor(name: Key, number: number) {
    this.name = name
    this.number = number
  }
}

/** All appends of a history, whatever became of them. */
export interface Appends {
  readonly keys: readonly AppendKey[]
  keyOf(name: Key): AppendKey
  /** Who appended, by the append's number. */
  readonly author: Int32Array
  /** 1 where it is its author's last append to its key: what others may see. */
  readonly isLast: Uint8Array
}

/** @throws HistoryError where two appends can't be told apart, or a step is of another model */
export function indexAppends(table: TransactionTable): Appends {
  const byName = new Map<Key, AppendKey>()
  const keys: AppendKey[] = []
  const keyOf = (name: Key): AppendKey => {
    let key = byName.get(name)
    if (key === undefined) {
      key = new AppendKey(name, keys.length)
      byName.set(name, key)
      keys.push(key)
    }
    return key
  }
  const author: number[] = []
  const isLast: number[] = []
  for (let transaction = 0; transaction < table.count; transaction++) {
    const steps = table.operations[transaction]!
    for (let at = 0; at < steps.length; at++) {
      const step = steps[at]!
      if (step[0] === 'r') {
        checkList(step[2])
        continue
      }
      if (step[0] !== 'append') {
        throw new HistoryError(`a list-append history has no step '${step[0]}'`)
      }
      const key = keyOf(step[1])
      const first = key.appendOf.get(step[2])
      if (first !== undefined) throw appendedTwice(step[1], step[2])
      key.appendOf.set(step[2], author.length)
      author.push(transaction)
      isLast.push(steps.some((other, after) => after > at && appendsTo(other, step[1])) ? 0 : 1)
    }
  }
  return { keys, keyOf, author: Int32Array.from(author), isLast: Uint8Array.from(isLast) }
}

function appendsTo(step: readonly unknown[], key: Key): boolean {
  return step[0] === 'append' && step[1] === key
}

function checkList(read: unknown): void {
  if (read === null || Array.isArray(read)) return
  throw new HistoryError(`a read of list-append is a list or null, not ${JSON.stringify(read)}`)
}

function appendedTwice(key: Key, value: Value): HistoryError {
  return new HistoryError(
    `${JSON.stringify(value)} is appended twice to ${JSON.stringify(key)}: ` +
      'elements must be unique for their key, so that a read says who wrote them',
  )
}
