import { Edge } from './edges.ts'
import { IntList } from './int_list.ts'

/**
 * A graph whose nodes are transactions, and some auxiliary nodes above them that stand for sets of
 * transactions, so that "each of these before each of those" takes a sum of edges and no product.
 *
 * Edges lie in rows by their source: those of node `n` are `starts[n]` to `starts[n + 1]`.
 */
export interface DependencyGraph {
  /** Nodes below it are transactions. */
  readonly transactions: number
  readonly nodes: number
  readonly starts: Int32Array
  readonly targets: Int32Array
  readonly kinds: Uint16Array
  /** All bits of `kinds` together, if not more. */
  readonly kindsPresent: number
  /** What an edge is about, as its model numbers keys; -1 for edges of time. */
  readonly abouts: Int32Array
}

/** The bits of `Edge`; what an edge is about lies above them. */
const MARK_BITS = 9
const KIND_MASK = (1 << MARK_BITS) - 1

/** Edges in any order, until `finish` puts them into rows. */
export class GraphBuilder {
  readonly #transactions: number
  #nodes: number
  /** From, to, and the kind below what it is about: three for each edge. */
  readonly #edges: IntList
  #marks = 0

  /** @param edgesExpected about so many; a good guess saves memory */
  constructor(transactions: number, edgesExpected: number = 2 * transactions) {
    this.#transactions = transactions
    this.#nodes = transactions
    this.#edges = new IntList(3 * (edgesExpected + 8))
  }

  /** A further node, which stands for a set. */
  auxiliary(): number {
    return this.#nodes++
  }

  /** @param about the key that it is about, below 2^22, or -1 */
  add(from: number, to: number, kind: number, about = -1): void {
    if (from === to) return
    this.#edges.push(from)
    this.#edges.push(to)
    this.#edges.push(((about + 1) << MARK_BITS) | kind)
    this.#marks |= kind
  }

  /**
   * An edge from each of `from` to each of `to`, but for those of a transaction to itself, by way
   * of auxiliary nodes where that takes fewer.
   */
  addProduct(from: readonly number[], to: readonly number[], kind: number, about: number): void {
    if (from.length * to.length <= 3 * (from.length + to.length)) {
      for (const source of from) for (const target of to) this.add(source, target, kind, about)
      return
    }
    const { before, after } = this.#chains(to)
    const position = new Map(to.map((target, at) => [target, at]))
    for (const source of from) {
      const at = position.get(source)
      if (at === undefined) {
        this.add(source, after[0]!, kind, about)
        continue
      }
      if (at > 0) this.add(source, before[at - 1]!, kind, about)
      if (at + 1 < to.length) this.add(source, after[at + 1]!, kind, about)
    }
  }

  /** For each position, a node that leads to all up to there, and one to all from there on. */
  #chains(to: readonly number[]): { before: number[]; after: number[] } {
    const before: number[] = []
    const after: number[] = new Array(to.length)
    for (let at = 0; at < to.length; at++) {
      const node = this.auxiliary()
      this.add(node, to[at]!, Edge.via)
      if (at > 0) this.add(node, before[at - 1]!, Edge.via)
      before.push(node)
    }
    for (let at = to.length - 1; at >= 0; at--) {
      const node = this.auxiliary()
      this.add(node, to[at]!, Edge.via)
      if (at + 1 < to.length) this.add(node, after[at + 1]!, Edge.via)
      after[at] = node
    }
    return { before, after }
  }

  finish(): DependencyGraph {
    const given = this.#edges.view()
    const edges = given.length / 3
    const starts = new Int32Array(this.#nodes + 1)
    for (let at = 0; at < given.length; at += 3) starts[given[at]! + 1]!++
    for (let node = 0; node < this.#nodes; node++) starts[node + 1]! += starts[node]!
    const next = starts.slice()
    const targets = new Int32Array(edges)
    const kinds = new Uint16Array(edges)
    const abouts = new Int32Array(edges)
    for (let at = 0; at < given.length; at += 3) {
      const edge = next[given[at]!]!++
      targets[edge] = given[at + 1]!
      kinds[edge] = given[at + 2]! & KIND_MASK
      abouts[edge] = (given[at + 2]! >>> MARK_BITS) - 1
    }
    return {
      transactions: this.#transactions,
      nodes: this.#nodes,
      starts,
      targets,
      kinds,
      abouts,
      kindsPresent: this.#marks,
    }
  }
}
