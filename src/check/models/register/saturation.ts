/**
 * The weaker levels of registers are decided completely in polynomial time: what a level says of
 * reads gives an order of versions, and the level holds exactly if that has no cycle.
 *
 * Whoever reads x from T1, and by the level must have seen T2, which wrote x too: then T2 came
 * before T1. Source: Biswas, Enea: On the Complexity of Checking Transactional Consistency
 * (OOPSLA 2019), axioms of read atomic and of causal consistency.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import { cyclicComponents, stronglyConnectedComponents } from '../../graph/components.ts'
import { type DependencyGraph, GraphBuilder } from '../../graph/dependency_graph.ts'
import { ANY_KIND, Edge } from '../../graph/edges.ts'
import { addProcessEdges } from '../../graph/time_edges.ts'
import type { TransactionTable } from '../../history/transaction_table.ts'
import { HappenedBefore, SessionWrites } from '../../search/happened_before.ts'
import type { Access } from './accesses.ts'
import { INITIAL, type Writes } from './writes.ts'

/** What transactions saw of registers, one access for each that they touched. */
export interface Accessed {
  readonly table: TransactionTable
  readonly writes: Writes
  /** In the order of transactions. */
  readonly accesses: readonly Access[]
}

/** Reads atomically, by direct reads alone. */
export function checkReadAtomic(accessed: Accessed, findings: Finding[]): void {
  const { table, writes, accesses } = accessed
  const order = new VersionOrder(accessed)
  const first = firstAccesses(accessed)
  /** By register: the version that the reader at hand saw, and whose version that is. */
  const seen = new Int32Array(writes.registers.length)
  const seenBy = new Int32Array(writes.registers.length).fill(-1)
  for (let reader = 0; reader < table.count; reader++) {
    for (let at = first[reader]!; at < first[reader + 1]!; at++) {
      const { read, register } = accesses[at]!
      if (read === undefined) continue
      seen[register.number] = read
      seenBy[register.number] = reader
    }
    for (let at = first[reader]!; at < first[reader + 1]!; at++) {
      const { read } = accesses[at]!
      const writer = read === undefined || read === INITIAL ? reader : writes.author[read]!
      if (writer === reader || writer < 0) continue
      for (let other = first[writer]!; other < first[writer + 1]!; other++) {
        const { wrote, register } = accesses[other]!
        if (wrote === undefined || seenBy[register.number] !== reader) continue
        if (!order.note(reader, writer, seen[register.number]!)) {
          findings.push(fractured(reader, writer, register.name))
          return
        }
      }
    }
  }
  const violation = order.violation(0)
  if (violation === undefined) return
  findings.push({
    type: 'fractured-read',
    transactions: violation.members,
    sentence:
      `By what was seen of ${violation.members.map((other) => `T${other}`).join(', ')}, ` +
      'each would have to come before itself, were all of a transaction seen or nothing.',
  })
}

/**
 * Sees whatever happened before what it sees: reads and processes together.
 *
 * @returns false where there are too many transactions and processes to say
 */
export function checkCausal(accessed: Accessed, findings: Finding[]): boolean {
  const { table, writes, accesses } = accessed
  const order = new VersionOrder(accessed)
  const happened = HappenedBefore.of(order.happenedGraph(), table.process)
  if (happened === 'too large') return false
  if (happened === 'cyclic') {
    const { reader, writer } = order.violation(Edge.process)!
    findings.push(missed(reader, writer, 'what it read', 'had happened only after it'))
    return true
  }
  const written = new SessionWrites(happened)
  for (const { wrote, register, transaction } of accesses) {
    if (wrote !== undefined) written.add(register.number, transaction)
  }
  for (const { read, register, transaction } of accesses) {
    if (read === undefined) continue
    for (const writer of written.before(register.number, transaction)) {
      if (order.note(transaction, writer, read)) continue
      findings.push(missedWrite(transaction, writer, register.name))
      return true
    }
  }
  const violation = order.violation(Edge.process)
  if (violation !== undefined) {
    const { reader, writer, version } = violation
    const name = writes.registers[writes.registerNumber[version]!]!.name
    findings.push(missedWrite(reader, writer, name))
  }
  return true
}

interface Violation {
  readonly members: readonly number[]
  readonly reader: number
  readonly writer: number
  readonly version: number
}

/** Who came before whom: by what was read, by processes, and by what was noted. */
class VersionOrder {
  readonly #accessed: Accessed
  /** Reader, writer seen, and version read, flat. */
  readonly #notes: number[] = []

  constructor(accessed: Accessed) {
    this.#accessed = accessed
  }

  /** Reads and processes alone. */
  happenedGraph(): DependencyGraph {
    return this.#builder().finish()
  }

  #builder(): GraphBuilder {
    const { table, writes, accesses } = this.#accessed
    const graph = new GraphBuilder(table.count)
    addProcessEdges(table, (transaction) => writes.takesPart[transaction] === 1, graph)
    for (const { transaction, read } of accesses) {
      if (read === undefined || read === INITIAL) continue
      const author = writes.author[read]!
      if (author >= 0) graph.add(author, transaction, Edge.wr)
    }
    return graph
  }

  /**
   * A reader that must have seen a writer read a version of what that wrote: the writer came before
   * the version's author, if it is not the same.
   *
   * @returns false where the version is the initial one, before which nobody came
   */
  note(reader: number, writer: number, version: number): boolean {
    if (version === INITIAL) return false
    const author = this.#accessed.writes.author[version]!
    if (author >= 0 && author !== writer) this.#notes.push(reader, writer, version)
    return true
  }

  /** Some transactions of which each came before itself; undefined where there are none. */
  violation(times: number): Violation | undefined {
    const { writes, accesses } = this.#accessed
    const builder = this.#builder()
    for (let at = 0; at < this.#notes.length; at += 3) {
      builder.add(this.#notes[at + 1]!, writes.author[this.#notes[at + 2]!]!, Edge.ww)
    }
    const graph = builder.finish()
    const components = stronglyConnectedComponents(graph, (ANY_KIND & ~Edge.process) | times)
    if (!components.anyCycle) return undefined
    const { of, sizes } = components
    const inOne = (left: number, right: number) => of[left] === of[right] && sizes[of[left]!]! > 1
    const [members] = cyclicComponents(components) as [number[]]
    for (let at = 0; at < this.#notes.length; at += 3) {
      const [reader, writer, version] = this.#notes.slice(at, at + 3) as [number, number, number]
      if (inOne(writer, writes.author[version]!)) return { members, reader, writer, version }
    }
    for (const { transaction: reader, read } of accesses) {
      if (read === undefined || read === INITIAL || writes.author[read]! < 0) continue
      const writer = writes.author[read]!
      if (inOne(writer, reader)) return { members, reader, writer, version: read }
    }
    return undefined
  }
}

/** By transaction: where its accesses begin. */
function firstAccesses({ table, accesses }: Accessed): Int32Array {
  const first = new Int32Array(table.count + 1)
  for (const { transaction } of accesses) first[transaction + 1]!++
  for (let at = 0; at < table.count; at++) first[at + 1]! += first[at]!
  return first
}

function fractured(reader: number, writer: number, name: string | number): Finding {
  return {
    type: 'fractured-read',
    transactions: [reader, writer],
    sentence: `T${reader} saw one write of T${writer}, but not its write of ${JSON.stringify(name)}.`,
  }
}

function missedWrite(reader: number, writer: number, name: string | number): Finding {
  return missed(reader, writer, JSON.stringify(name), `does not show what T${writer} wrote`)
}

function missed(reader: number, writer: number, what: string, how: string): Finding {
  return {
    type: 'causality',
    transactions: [reader, writer],
    sentence: `T${reader}'s read of ${what} ${how}, though T${writer} came before T${reader} by what was seen.`,
  }
}
