import { HistoryError, type Key, type ReadValue, type Value } from '../../history/events.ts'
import { Outcome, placeOf, type TransactionTable } from '../../history/transaction_table.ts'

/** The version that was there before anybody wrote. */
export const INITIAL = -1

/** The author of a value that was read and that nobody wrote. */
export const NOBODY = -1

/** One register: which value is which version, and who committed to it. */
export class Register {
  readonly name: Key
  readonly number: number
  /** What it held at first; null where nothing was said of it. */
  readonly initial: Value | null
  readonly versionOf = new Map<Value, number>()
  /** The last version that each of its committed writers left. */
  readonly committed: number[] = []

  constructor(name: Key, number: number, initial: Value | null) {
    this.name = name
    this.number = number
    this.initial = initial
  }

  /** The version that was read, or `INITIAL`. */
  versionRead(value: ReadValue): number {
    return this.versionOf.get(value as Value) ?? INITIAL
  }
}

/** All versions of all registers, and who wrote them. */
export interface Writes {
  readonly registers: readonly Register[]
  registerOf(name: Key): Register
  /** By version: of which register it is. */
  readonly registerNumber: readonly number[]
  /** By version; `NOBODY` where it was only read. */
  readonly author: Int32Array
  readonly value: readonly Value[]
  /** By version: 1 where it is what its author left behind. */
  readonly isLast: Uint8Array
  /** By transaction: 1 where it committed, or must have, since what it wrote was read. */
  readonly takesPart: Uint8Array
}

/** @throws HistoryError where two writes can't be told apart, or a step is of another model */
export function indexWrites(
  table: TransactionTable,
  initial: Readonly<Record<string, Value>>,
): Writes {
  const byName = new Map<Key, Register>()
  const registers: Register[] = []
  const registerOf = (name: Key): Register => {
    let register = byName.get(name)
    if (register === undefined) {
      register = new Register(name, registers.length, initial[name] ?? null)
      byName.set(name, register)
      registers.push(register)
    }
    return register
  }
  const registerNumber: number[] = []
  const author: number[] = []
  const value: Value[] = []
  const isLast: number[] = []
  for (let transaction = 0; transaction < table.count; transaction++) {
    const steps = table.operations[transaction]!
    for (let at = 0; at < steps.length; at++) {
      const step = steps[at]!
      if (step[0] === 'r') {
        if (Array.isArray(step[2])) throw new HistoryError(readsList(table, transaction, step[2]))
        continue
      }
      if (step[0] !== 'w') {
        const what = `a rw-register history has no step '${step[0]}'`
        throw new HistoryError(`${placeOf(table, transaction)}: ${what}`)
      }
      const register = registerOf(step[1])
      if (register.versionOf.has(step[2]))
        throw writtenTwice(placeOf(table, transaction), step[1], step[2])
      register.versionOf.set(step[2], author.length)
      registerNumber.push(register.number)
      author.push(transaction)
      value.push(step[2])
      isLast.push(steps.some((other, after) => after > at && writesTo(other, step[1])) ? 0 : 1)
    }
  }
  noteGarbage(table, registerOf, registerNumber, author, value, isLast)
  const writes = {
    registers,
    registerOf,
    registerNumber,
    author: Int32Array.from(author),
    value,
    isLast: Uint8Array.from(isLast),
    takesPart: new Uint8Array(table.count),
  }
  noteWhoCommitted(table, writes)
  return writes
}

/** Values that were read and never written are versions too, of nobody. */
function noteGarbage(
  table: TransactionTable,
  registerOf: (name: Key) => Register,
  registerNumber: number[],
  author: number[],
  value: Value[],
  isLast: number[],
): void {
  for (let transaction = 0; transaction < table.count; transaction++) {
    if (table.outcome[transaction] !== Outcome.committed) continue
    for (const step of table.operations[transaction]!) {
      if (step[0] !== 'r' || step[2] === null) continue
      const register = registerOf(step[1])
      const read = step[2] as Value
      if (read === register.initial || register.versionOf.has(read)) continue
      register.versionOf.set(read, author.length)
      registerNumber.push(register.number)
      author.push(NOBODY)
      value.push(read)
      isLast.push(1)
    }
  }
}

function noteWhoCommitted(table: TransactionTable, writes: Writes): void {
  const { takesPart, author, registers } = writes
  for (let transaction = 0; transaction < table.count; transaction++) {
    if (table.outcome[transaction] !== Outcome.committed) continue
    takesPart[transaction] = 1
    for (const step of table.operations[transaction]!) {
      if (step[0] !== 'r') continue
      const version = writes.registerOf(step[1]).versionRead(step[2])
      if (version < 0) continue
      const writer = author[version]!
      if (writer >= 0 && table.outcome[writer] === Outcome.unknown) takesPart[writer] = 1
    }
  }
  for (const register of registers) {
    for (const version of register.versionOf.values()) {
      const writer = author[version]!
      if (writer >= 0 && takesPart[writer] === 1 && writes.isLast[version] === 1) {
        register.committed.push(version)
      }
    }
  }
}

function writesTo(step: readonly unknown[], key: Key): boolean {
  return step[0] === 'w' && step[1] === key
}

function readsList(table: TransactionTable, transaction: number, list: unknown): string {
  const what = `a read of rw-register is one value or null, not ${JSON.stringify(list)}`
  return `${placeOf(table, transaction)}: ${what}`
}

function writtenTwice(place: string, key: Key, value: Value): HistoryError {
  return new HistoryError(
    `${place}: ${JSON.stringify(value)} is written twice to ${JSON.stringify(key)}: ` +
      'values must be unique for their key, so that a read says who wrote them',
  )
}
