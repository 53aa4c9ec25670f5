import type { Finding } from '../../anomalies/anomaly.ts'
import type { AnomalyType } from '../../anomalies/table.ts'
import type { Key, MicroOperation, ReadValue } from '../../history/events.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import { show } from '../../wording.ts'
import { INITIAL, NOBODY, type Register, type Writes } from './writes.ts'

/** A register as one transaction met it. */
export interface Access {
  readonly transaction: number
  readonly register: Register
  /** The version it read before it wrote there itself; undefined where it did not. */
  readonly read: number | undefined
  /** Versions that it read besides, against its own earlier steps; undefined as a rule. */
  readonly alsoRead: readonly number[] | undefined
  /** The version it left; undefined where it wrote none. */
  readonly wrote: number | undefined
}

type Met = { -readonly [Name in 'read' | 'alsoRead' | 'wrote']: Access[Name] }

/**
 * What each transaction that takes part read from others and left to others, and what its reads
 * give away by themselves: values of nobody, of somebody who aborted, that were not final, or that
 * contradict the transaction's own steps.
 */
export function accessesOf(table: TransactionTable, writes: Writes, findings: Finding[]): Access[] {
  const accesses: Access[] = []
  for (let transaction = 0; transaction < table.count; transaction++) {
    if (writes.takesPart[transaction] === 0) continue
    const sees = table.outcome[transaction] === Outcome.committed
    const found = new Map<Register, Met>()
    const steps = table.operations[transaction]!
    const check = new OwnSteps(transaction, steps, writes, findings)
    steps.forEach((step, at) => {
      const register = writes.registerOf(step[1] as Key)
      let access = found.get(register)
      if (access === undefined) {
        access = { read: undefined, alsoRead: undefined, wrote: undefined }
        found.set(register, access)
      }
      if (step[0] === 'w') {
        access.wrote = register.versionOf.get(step[2])!
        check.wrote(register, step[2])
      } else if (step[0] === 'r' && sees) {
        const version = check.read(register, step[2], at, table)
        if (access.wrote === undefined && access.read === undefined) access.read = version
        else if (version !== (access.wrote ?? access.read)) {
          access.alsoRead = [...(access.alsoRead ?? []), version]
        }
      }
    })
    for (const [register, met] of found) accesses.push({ transaction, register, ...met })
  }
  return accesses
}

/** Follows one transaction's steps. */
class OwnSteps {
  readonly #transaction: number
  readonly #steps: readonly MicroOperation[]
  readonly #writes: Writes
  readonly #findings: Finding[]
  readonly #known = new Map<Register, ReadValue>()

  constructor(
    transaction: number,
    steps: readonly MicroOperation[],
    writes: Writes,
    findings: Finding[],
  ) {
    this.#transaction = transaction
    this.#steps = steps
    this.#writes = writes
    this.#findings = findings
  }

  wrote(register: Register, value: ReadValue): void {
    this.#known.set(register, value)
  }

  /** @returns the version read */
  read(register: Register, value: ReadValue, at: number, table: TransactionTable): number {
    const name = show(register.name)
    const version = register.versionRead(value)
    const reader = `T${this.#transaction} read ${name} as ${show(value)}`
    const known = this.#known.get(register)
    if (known !== undefined && register.versionRead(known) !== version) {
      const sentence = `${reader}, but by its own earlier steps it was ${show(known)}.`
      this.#note('internal', [this.#transaction], sentence)
    }
    this.#known.set(register, value)
    if (version === INITIAL) return version
    const author = this.#writes.author[version]!
    if (author === NOBODY) {
      this.#note('garbage-read', [this.#transaction], `${reader}, which nobody wrote.`)
    } else if (author === this.#transaction) {
      const later = this.#steps.some(
        (step, after) =>
          after > at && step[0] === 'w' && step[1] === register.name && step[2] === value,
      )
      if (later) this.#note('future-read', [author], `${reader} before it wrote it.`)
    } else if (table.outcome[author] === Outcome.aborted) {
      const sentence = `${reader}, which T${author} wrote and aborted.`
      this.#note('G1a', [this.#transaction, author], sentence)
    } else if (this.#writes.isLast[version] === 0) {
      const sentence = `${reader}, which T${author} itself then overwrote.`
      this.#note('G1b', [this.#transaction, author], sentence)
    }
    return version
  }

  #note(type: AnomalyType, transactions: readonly number[], sentence: string): void {
    this.#findings.push({ type, transactions, sentence })
  }
}
