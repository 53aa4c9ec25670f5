/**
 * A complete decision for registers, where the order of versions is not known: is there any order
 * of commits (serializability), or of snapshots and commits (snapshot isolation), under which each
 * read saw what it saw?
 */
import { GraphBuilder } from '../../graph/dependency_graph.ts'
import type { TimeOrder } from '../../graph/edges.ts'
import { addProcessEdges, addRealtimeEdges } from '../../graph/time_edges.ts'
import type { TransactionTable } from '../../history/transaction_table.ts'
import { type Alternative, hasOrder } from '../../search/decide.ts'
import type { Access } from './accesses.ts'
import type { VersionPair } from './version_graph.ts'
import { INITIAL, type Writes } from './writes.ts'

/** Beyond so many transactions the tables of a search no longer fit. */
export const TRANSACTIONS_MAX = 1000

/** About as many visits of an alternative as some seconds have. */
const VISITS_MAX = 30_000_000

/** How a transaction's snapshot and its commit are numbered: the same number if they are one. */
interface Numbering {
  readonly size: number
  snapshot(transaction: number): number
  commit(transaction: number): number
}

export class RegisterDecision {
  readonly #table: TransactionTable
  readonly #writes: Writes
  readonly #byRegister: readonly (readonly Access[])[]
  /** By register: what is assumed of the order of its versions. */
  readonly #versions: readonly (readonly VersionPair[])[]

  constructor(
    table: TransactionTable,
    writes: Writes,
    byRegister: readonly (readonly Access[])[],
    versions: readonly (readonly VersionPair[])[],
  ) {
    this.#table = table
    this.#writes = writes
    this.#byRegister = byRegister
    this.#versions = versions
  }

  /** @returns undefined where nobody knows after a long search */
  isSerializable(time: TimeOrder): boolean | undefined {
    return this.#decide(time, (nodes) => ({
      size: nodes,
      snapshot: (transaction) => transaction,
      commit: (transaction) => transaction,
    }))
  }

  /** @returns undefined where nobody knows after a long search */
  hasSnapshots(time: TimeOrder): boolean | undefined {
    return this.#decide(time, (nodes) => ({
      size: nodes * 2,
      snapshot: (transaction) => transaction * 2,
      commit: (transaction) => transaction * 2 + 1,
    }))
  }

  #decide(time: TimeOrder, numberingOf: (nodes: number) => Numbering): boolean | undefined {
    const times = this.#timeGraph(time)
    const numbering = numberingOf(times.nodes)
    const pairs: number[] = []
    for (let node = 0; node < times.nodes; node++) {
      const commit = numbering.commit(node)
      if (numbering.snapshot(node) !== commit) pairs.push(numbering.snapshot(node), commit)
      for (let edge = times.starts[node]!; edge < times.starts[node + 1]!; edge++) {
        pairs.push(commit, numbering.snapshot(times.targets[edge]!))
      }
    }
    this.#addAssumed(time, numbering, pairs)
    const alternatives: Alternative[] = []
    for (const accesses of this.#byRegister) {
      this.#addReads(accesses, numbering, pairs, alternatives)
      if (numbering.size > times.nodes) addWriters(accesses, numbering, alternatives)
    }
    return hasOrder({ size: numbering.size, pairs, alternatives, visitsMax: VISITS_MAX })
  }

  #timeGraph(time: TimeOrder) {
    const builder = new GraphBuilder(this.#table.count)
    const takesPart = (transaction: number) => this.#writes.takesPart[transaction] === 1
    if (time !== 'none') addProcessEdges(this.#table, takesPart, builder)
    if (time === 'realtime') addRealtimeEdges(this.#table, takesPart, builder)
    return builder.finish()
  }

  #addAssumed(time: TimeOrder, { commit }: Numbering, pairs: number[]): void {
    for (const { earlier, later, assumed } of this.#versions.flat()) {
      if (earlier === INITIAL || !isKnownOf(time, assumed)) continue
      const before = this.#writes.author[earlier]!
      const after = this.#writes.author[later]!
      const takePart = this.#writes.takesPart[before] === 1 && this.#writes.takesPart[after] === 1
      if (takePart && before !== after) pairs.push(commit(before), commit(after))
    }
  }

  /** Whoever else wrote came before the version read, or after the snapshot that read it. */
  #addReads(
    accesses: readonly Access[],
    { snapshot, commit }: Numbering,
    pairs: number[],
    alternatives: Alternative[],
  ): void {
    const writers = accesses.filter(({ wrote }) => wrote !== undefined)
    for (const { read, transaction: reader } of accesses) {
      if (read === undefined) continue
      const author = read === INITIAL ? -1 : this.#writes.author[read]!
      if (author >= 0) pairs.push(commit(author), snapshot(reader))
      for (const { transaction: writer } of writers) {
        if (writer === reader || writer === author) continue
        if (author < 0) pairs.push(snapshot(reader), commit(writer))
        else {
          alternatives.push({
            a: commit(writer),
            b: commit(author),
            c: snapshot(reader),
            d: commit(writer),
          })
        }
      }
    }
  }
}

/** Whether an order of time is part of another, which has more. */
function isKnownOf(time: TimeOrder, assumed: TimeOrder): boolean {
  return assumed === 'none' || assumed === time || time === 'realtime'
}

/** Of two who wrote the same register one had committed when the other began. */
function addWriters(
  accesses: readonly Access[],
  { snapshot, commit }: Numbering,
  alternatives: Alternative[],
): void {
  const writers = accesses.filter(({ wrote }) => wrote !== undefined)
  writers.forEach(({ transaction: left }, at) => {
    for (const { transaction: right } of writers.slice(at + 1)) {
      alternatives.push({
        a: commit(left),
        b: snapshot(right),
        c: commit(right),
        d: snapshot(left),
      })
    }
  })
}
