import type { GraphBuilder } from '../../graph/dependency_graph.ts'
import { Edge } from '../../graph/edges.ts'
import type { Key, Value } from '../../history/events.ts'
import type { TransactionTable } from '../../history/transaction_table.ts'
import type { DescribedEdge } from '../model.ts'
import type { AppendKey, Appends } from './appends.ts'
import type { VersionOrders } from './version_orders.ts'

/** The dependencies that the lists of a history give away, and the sentences that explain them. */
export class AppendEdges {
  readonly #table: TransactionTable
  readonly #appends: Appends
  readonly #versions: VersionOrders

  constructor(table: TransactionTable, appends: Appends, versions: VersionOrders) {
    this.#table = table
    this.#appends = appends
    this.#versions = versions
  }

  addTo(graph: GraphBuilder): void {
    const readersOfAll = this.#addReads(graph)
    for (const key of this.#appends.keys) {
      const last = this.#addWrites(graph, key)
      const unread = this.#unreadAuthors(key)
      if (unread.length === 0) continue
      if (last >= 0) graph.addProduct([last], unread, Edge.ww, key.number)
      const readers = readersOfAll.get(key)
      if (readers !== undefined) graph.addProduct([...readers], unread, Edge.rw, key.number)
    }
  }

  /** ww from each author to the next; @returns the last author of the key, or -1 */
  #addWrites(graph: GraphBuilder, key: AppendKey): number {
    let last = -1
    for (const append of this.#versions.orders[key.number]!) {
      const author = this.#appends.author[append]!
      if (this.#versions.takesPart[author] === 0) continue
      if (last >= 0) graph.add(last, author, Edge.ww, key.number)
      last = author
    }
    return last
  }

  /** wr and rw of every read. @returns who has read all there was, for keys with unread appends */
  #addReads(graph: GraphBuilder): Map<AppendKey, Set<number>> {
    const readersOfAll = new Map<AppendKey, Set<number>>()
    const { takesPart } = this.#versions
    for (let transaction = 0; transaction < this.#table.count; transaction++) {
      if (takesPart[transaction] === 0 || this.#table.outcome[transaction] !== 0) continue
      const steps = this.#table.operations[transaction]!
      for (const step of steps) {
        if (step[0] !== 'r') continue
        const key = this.#appends.keyOf(step[1])
        const next = this.#addRead(graph, transaction, key, step[2] as readonly Value[] | null)
        if (next === ALL_READ && this.#versions.unread[key.number]!.length > 0) {
          const readers = readersOfAll.get(key)
          if (readers === undefined) readersOfAll.set(key, new Set([transaction]))
          else readers.add(transaction)
        }
      }
    }
    return readersOfAll
  }

  /** @returns the place of the version after the one read, or `ALL_READ` */
  #addRead(
    graph: GraphBuilder,
    transaction: number,
    key: AppendKey,
    list: readonly Value[] | null,
  ): number {
    const order = this.#versions.orders[key.number]!
    const seen = this.#lastForeign(transaction, key, list)
    if (seen >= 0) {
      const author = this.#appends.author[seen]!
      if (this.#versions.takesPart[author] === 1)
        graph.add(author, transaction, Edge.wr, key.number)
    }
    for (let at = seen < 0 ? 0 : this.#versions.position[seen]! + 1; at < order.length; at++) {
      const author = this.#appends.author[order[at]!]!
      if (this.#versions.takesPart[author] === 0) continue
      graph.add(transaction, author, Edge.rw, key.number)
      return at
    }
    return ALL_READ
  }

  /** The last append in a list that is not the reader's own, or -1. */
  #lastForeign(transaction: number, key: AppendKey, list: readonly Value[] | null): number {
    if (list === null) return -1
    for (let at = list.length - 1; at >= 0; at--) {
      const append = key.appendOf.get(list[at]!)
      if (append === undefined) continue
      if (this.#appends.author[append] !== transaction && this.#versions.position[append] !== -1) {
        return append
      }
    }
    return -1
  }

  #unreadAuthors(key: AppendKey): number[] {
    const authors = this.#versions.unread[key.number]!.map(
      (append) => this.#appends.author[append]!,
    )
    return [...new Set(authors)]
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

const ALL_READ = 0x7fffffff

function show(value: unknown): string {
  return JSON.stringify(value)
}
