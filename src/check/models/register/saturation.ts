/**
 * The weaker levels of registers are decided completely in polynomial time: what a level says of
 * reads gives an order of versions, and the level holds exactly if that has no cycle.
 *
 * Whoever reads x from T1, and by the level must have seen T2, which wrote x too: then T2 came
 * before T1. Source: Biswas, Enea: On the Complexity of Checking Transactional Consistency
 * (OOPSLA 2019), axioms of read atomic and of causal consistency.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import { stronglyConnectedComponents } from '../../graph/components.ts'
import { GraphBuilder } from '../../graph/dependency_graph.ts'
import { ANY_KIND, Edge } from '../../graph/edges.ts'
import { addProcessEdges } from '../../graph/time_edges.ts'
import type { TransactionTable } from '../../history/transaction_table.ts'
import { Closure } from '../../search/closure.ts'
import type { Access } from './accesses.ts'
import { INITIAL, type Writes } from './writes.ts'

/** Reads atomically, by direct reads alone. */
export function checkReadAtomic(
  table: TransactionTable,
  writes: Writes,
  accesses: readonly Access[],
  byRegister: readonly (readonly Access[])[],
  findings: Finding[],
): void {
  const authorsSeen = new Map<number, Set<number>>()
  const graph = new GraphBuilder(table.count)
  for (const { transaction, read } of accesses) {
    if (read === undefined || read === INITIAL) continue
    const author = writes.author[read]!
    graph.add(author, transaction, Edge.wr)
    const seen = authorsSeen.get(transaction)
    if (seen === undefined) authorsSeen.set(transaction, new Set([author]))
    else seen.add(author)
  }
  const wrote = writersOf(byRegister)
  for (const { transaction, read, register } of accesses) {
    if (read === undefined) continue
    for (const seen of authorsSeen.get(transaction) ?? []) {
      if (seen === transaction || !wrote.has(key(register.number, seen))) continue
      if (read === INITIAL) {
        findings.push(fractured(transaction, seen, register.name))
        return
      }
      graph.add(seen, writes.author[read]!, Edge.ww)
    }
  }
  const components = stronglyConnectedComponents(graph.finish(), ANY_KIND)
  if (!components.anyCycle) return
  const member = components.of.findIndex((component) => components.sizes[component]! > 1)
  const others = [...components.of.keys()].filter(
    (node) => components.of[node] === components.of[member],
  )
  findings.push({
    type: 'fractured-read',
    transactions: others,
    sentence:
      `By what was seen of ${others.map((other) => `T${other}`).join(', ')}, ` +
      'each would have to come before itself, were all of a transaction seen or nothing.',
  })
}

/** Sees whatever happened before what it sees: reads and processes together. */
export function checkCausal(
  table: TransactionTable,
  writes: Writes,
  accesses: readonly Access[],
  byRegister: readonly (readonly Access[])[],
  findings: Finding[],
): void {
  const builder = new GraphBuilder(table.count)
  addProcessEdges(table, (transaction) => writes.takesPart[transaction] === 1, builder)
  const graph = builder.finish()
  const happened = new Closure(table.count)
  for (let node = 0; node < graph.nodes; node++) {
    for (let edge = graph.starts[node]!; edge < graph.starts[node + 1]!; edge++) {
      happened.add(node, graph.targets[edge]!)
    }
  }
  for (const { transaction, read } of accesses) {
    if (read === undefined || read === INITIAL) continue
    const author = writes.author[read]!
    if (author !== transaction && !happened.add(author, transaction)) {
      findings.push(missed(transaction, author, 'what it read', 'had happened only after it'))
      return
    }
  }
  const order = happened.clone()
  for (const { transaction, read, register } of accesses) {
    if (read === undefined) continue
    for (const { transaction: writer, wrote } of byRegister[register.number]!) {
      if (wrote === undefined || writer === transaction) continue
      if (!happened.isBefore(writer, transaction)) continue
      const author = read === INITIAL ? -1 : writes.author[read]!
      if (writer === author) continue
      if (author < 0 || !order.add(writer, author)) {
        const name = JSON.stringify(register.name)
        findings.push(missed(transaction, writer, name, `does not show what T${writer} wrote`))
        return
      }
    }
  }
}

function fractured(reader: number, writer: number, name: string | number): Finding {
  return {
    type: 'fractured-read',
    transactions: [reader, writer],
    sentence: `T${reader} saw one write of T${writer}, but not its write of ${JSON.stringify(name)}.`,
  }
}

function missed(reader: number, writer: number, what: string, how: string): Finding {
  return {
    type: 'causality',
    transactions: [reader, writer],
    sentence: `T${reader}'s read of ${what} ${how}, though T${writer} came before T${reader} by what was seen.`,
  }
}

function writersOf(byRegister: readonly (readonly Access[])[]): Set<string> {
  const writers = new Set<string>()
  byRegister.forEach((accesses, register) => {
    for (const { wrote, transaction } of accesses) {
      if (wrote !== undefined) writers.add(key(register, transaction))
    }
  })
  return writers
}

function key(register: number, transaction: number): string {
  return `${register} ${transaction}`
}
