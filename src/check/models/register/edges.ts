import type { GraphBuilder } from '../../graph/dependency_graph.ts'
import { ASSUMED, Edge } from '../../graph/edges.ts'
import { show } from '../../wording.ts'
import type { DescribedEdge } from '../model.ts'
import type { Access } from './accesses.ts'
import type { VersionPair } from './version_graph.ts'
import { INITIAL, NOBODY, type Register, type Writes } from './writes.ts'

/** The dependencies that are known of registers, and the sentences that explain them. */
export class RegisterEdges {
  readonly #writes: Writes
  readonly #byRegister: readonly (readonly Access[])[]
  readonly #pairs: readonly (readonly VersionPair[])[]

  constructor(
    writes: Writes,
    byRegister: readonly (readonly Access[])[],
    pairs: readonly (readonly VersionPair[])[],
  ) {
    this.#writes = writes
    this.#byRegister = byRegister
    this.#pairs = pairs
  }

  addTo(graph: GraphBuilder): void {
    for (const register of this.#writes.registers) {
      const accesses = this.#byRegister[register.number]!
      const readers = readersByVersion(accesses)
      for (const { alsoRead, transaction } of accesses) {
        for (const version of alsoRead ?? []) this.#addRead(graph, version, transaction, register)
      }
      for (const [version, who] of readers) {
        for (const reader of who) this.#addRead(graph, version, reader, register)
      }
      this.#addOrder(graph, register, readers)
    }
  }

  #addRead(graph: GraphBuilder, version: number, reader: number, register: Register): void {
    if (version < 0) return
    const author = this.#writes.author[version]!
    if (author === NOBODY || this.#writes.takesPart[author] === 0) return
    graph.add(author, reader, Edge.wr, register.number)
  }

  #addOrder(
    graph: GraphBuilder,
    register: Register,
    readers: ReadonlyMap<number, readonly number[]>,
  ): void {
    const authors = register.committed.map((version) => this.#writes.author[version]!)
    const ofInitial = readers.get(INITIAL)
    if (ofInitial !== undefined && authors.length > 0) {
      graph.addProduct(ofInitial, authors, Edge.rw, register.number)
    }
    const committed = new Set(register.committed)
    for (const { earlier, later, assumed } of this.#pairs[register.number]!) {
      if (earlier === INITIAL || !committed.has(later)) continue
      const mark = ASSUMED[assumed]
      const before = this.#writes.author[earlier]!
      const after = this.#writes.author[later]!
      if (committed.has(earlier)) graph.add(before, after, Edge.ww | mark, register.number)
      for (const reader of readers.get(earlier) ?? []) {
        graph.add(reader, after, Edge.rw | mark, register.number)
      }
    }
  }

  describe({ from, to, kind, about }: DescribedEdge): string {
    const register = this.#writes.registers[about]!
    const name = show(register.name)
    const accesses = this.#byRegister[about]!
    const of = (transaction: number) =>
      accesses.find((access) => access.transaction === transaction)!
    const text = (version: number | undefined) =>
      show(version === undefined || version < 0 ? register.initial : this.#writes.value[version])
    if (kind === 'wr') {
      const { read, alsoRead = [] } = of(to)
      const seen = [read, ...alsoRead].find((version) => this.#writes.author[version!] === from)
      return `T${to} read ${name} as ${text(seen)}, which T${from} wrote`
    }
    if (kind === 'ww') {
      return `T${from} wrote ${name} as ${text(of(from).wrote)}, then T${to} as ${text(of(to).wrote)}`
    }
    return (
      `T${from} read ${name} as ${text(of(from).read)}, ` +
      `which T${to} then overwrote with ${text(of(to).wrote)}`
    )
  }
}

function readersByVersion(accesses: readonly Access[]): Map<number, number[]> {
  const readers = new Map<number, number[]>()
  for (const { read, transaction } of accesses) {
    if (read === undefined) continue
    const known = readers.get(read)
    if (known === undefined) readers.set(read, [transaction])
    else known.push(transaction)
  }
  return readers
}
