import type { GraphBuilder } from '../../graph/dependency_graph.ts'
import { Edge } from '../../graph/edges.ts'
import type { Key, Value } from '../../history/events.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import { show } from '../../wording.ts'
import type { DescribedEdge } from '../model.ts'
import { type AppendKey, type Appends, READ } from './appends.ts'
import { INITIAL } from './reads.ts'
import type { VersionOrders } from './version_orders.ts'

/** The dependencies that the lists of a history give away, and the sentences that explain them. */
export class AppendEdges {
  readonly #table: TransactionTable
  readonly #appends: Appends
  readonly #versions: VersionOrders
  readonly #seen: Int32Array

  /** @param seen by step, the version that a read saw */
  constructor(
    table: TransactionTable,
    appends: Appends,
    versions: VersionOrders,
    seen: Int32Array,
  ) {
    this.#table = table
    this.#appends = appends
    this.#versions = versions
    this.#seen = seen
  }

  addTo(graph: GraphBuilder): void {
    const readersOfAll = new Map<number, Set<number>>()
    for (let transaction = 0; transaction < this.#table.count; transaction++) {
      if (this.#table.outcome[transaction] === Outcome.committed) {
        this.#addReads(graph, transaction, readersOfAll)
      }
    }
    for (let key = 0; key < this.#appends.keys.length; key++) {
      const last = this.#addWrites(graph, key)
      const unread = this.#versions.unread.get(key)
      if (unread === undefined) continue
      const authors = [...new Set(unread.map((append) => this.#appends.author[append]!))]
      if (last >= 0) graph.addProduct([last], authors, Edge.ww, key)
      const readers = readersOfAll.get(key)
      if (readers !== undefined) graph.addProduct([...readers], authors, Edge.rw, key)
    }
  }

  /** ww from each author to the next; @returns the last author of the key, or -1 */
  #addWrites(graph: GraphBuilder, key: number): number {
    const { order, orderStart, takesPart } = this.#versions
    let last = -1
    for (let at = orderStart[key]!; at < orderStart[key + 1]!; at++) {
      const author = this.#appends.author[order[at]!]!
      if (takesPart[author] === 0) continue
      if (last >= 0 && last !== author) graph.add(last, author, Edge.ww, key)
      last = author
    }
    return last
  }

  /**
   * wr and rw of every read of a transaction.
   *
   * @param readersOfAll for keys with appends that nobody read: who has read all others
   */
  #addReads(
    graph: GraphBuilder,
    transaction: number,
    readersOfAll: Map<number, Set<number>>,
  ): void {
    const { firstStep, stepAppend, stepKey, author } = this.#appends
    const { takesPart, unread } = this.#versions
    for (let step = firstStep[transaction]!; step < firstStep[transaction + 1]!; step++) {
      if (stepAppend[step] !== READ) continue
      const key = stepKey[step]!
      const version = this.#seen[step]!
      if (version !== INITIAL && takesPart[author[version]!] === 1) {
        graph.add(author[version]!, transaction, Edge.wr, key)
      }
      const next = this.#nextAuthor(key, version)
      if (next >= 0) {
        if (next !== transaction) graph.add(transaction, next, Edge.rw, key)
      } else if (unread.has(key)) {
        const readers = readersOfAll.get(key)
        if (readers === undefined) readersOfAll.set(key, new Set([transaction]))
        else readers.add(transaction)
      }
    }
  }

  /** Who wrote the version after one of those that were read; -1 where it is the last of them. */
  #nextAuthor(key: number, version: number): number {
    const { order, orderStart, position, takesPart } = this.#versions
    const start = orderStart[key]!
    const end = orderStart[key + 1]!
    const from = version === INITIAL ? start : start + position[version]! + 1
    for (let at = from; at < end; at++) {
      const author = this.#appends.author[order[at]!]!
      if (takesPart[author] === 1) return author
    }
    return -1
  }

  describe({ from, to, kind, about }: DescribedEdge): string {
    const key = this.#appends.keys[about]
    if (key === undefined) return `T${from} came before T${to}`
    const name = show(key.name)
    const written = this.#writtenBy(to, key)
    if (kind === 'ww')
      return `T${from} appended ${show(this.#writtenBy(from, key))} to ${name}, then T${to} ${show(written)}`
    if (kind === 'wr')
      return `T${to} read ${name} as ${show(this.#readBy(to, key.name))}, which T${from} had appended to`
    return `T${from} read ${name} as ${show(this.#readBy(from, key.name))}, which T${to} then appended ${show(written)} to`
  }

  #writtenBy(transaction: number, key: AppendKey): Value | undefined {
    for (const step of this.#table.operations[transaction]!) {
      if (step[0] === 'append' && step[1] === key.name) return step[2]
    }
    return undefined
  }

  #readBy(transaction: number, name: Key): unknown {
    for (const step of this.#table.operations[transaction]!) {
      if (step[0] === 'r' && step[1] === name) return step[2] ?? []
    }
    return undefined
  }
}
