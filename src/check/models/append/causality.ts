/**
 * Causal consistency of lists: whoever has seen something, by its own reads or through its process,
 * must see in every list at least what had been appended before that.
 * Source: Biswas, Enea (OOPSLA 2019), the axiom of causal consistency.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { DependencyGraph } from '../../graph/dependency_graph.ts'
import { ANY_KIND, Edge } from '../../graph/edges.ts'
import { subgraph } from '../../graph/subgraph.ts'
import type { Key, Value } from '../../history/events.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import { Closure } from '../../search/closure.ts'
import type { Appends } from './appends.ts'
import type { VersionOrders } from './version_orders.ts'

/** Beyond so many transactions in one component, who happened before whom no longer fits. */
const MEMBERS_MAX = 8192

/**
 * Looks for a read that misses what happened before it. Such a read and what it misses lie on a
 * cycle, so it is enough to look within a component.
 *
 * @param graph with the edges of processes
 * @param members the transactions of one component
 * @returns the first violation; undefined where there is none
 */
export function findMissedCause(
  table: TransactionTable,
  appends: Appends,
  versions: VersionOrders,
  graph: DependencyGraph,
  members: readonly number[],
): Finding | 'too large' | undefined {
  if (members.length > MEMBERS_MAX) return 'too large'
  const happened = happenedBefore(graph, members)
  const writers = writersByKey(table, members, versions)
  for (const [at, reader] of members.entries()) {
    if (reader >= table.count || table.outcome[reader] !== Outcome.committed) continue
    for (const { name, list } of readsOf(table, reader)) {
      const seen = lastPosition(appends, versions, name, list)
      for (const writer of writers.get(name) ?? []) {
        if (members[writer.at] === reader || !happened.isBefore(writer.at, at)) continue
        const position = versions.position[appends.keyOf(name).appendOf.get(writer.value)!]!
        if (position !== -1 && position <= seen) continue
        return {
          type: 'causality',
          transactions: [reader, members[writer.at]!],
          sentence:
            `T${reader} read ${JSON.stringify(name)} without ${JSON.stringify(writer.value)}, which ` +
            `T${members[writer.at]} had appended before, by what T${reader} and its process had seen.`,
        }
      }
    }
  }
  return undefined
}

function happenedBefore(whole: DependencyGraph, members: readonly number[]): Closure {
  const { graph } = subgraph(whole, members, ANY_KIND)
  const happened = new Closure(members.length)
  for (let node = 0; node < graph.nodes; node++) {
    for (let edge = graph.starts[node]!; edge < graph.starts[node + 1]!; edge++) {
      if ((graph.kinds[edge]! & (Edge.wr | Edge.process)) === 0) continue
      happened.add(node, graph.targets[edge]!)
    }
  }
  return happened
}

interface Writer {
  /** Its place among the members. */
  readonly at: number
  readonly value: Value
}

function writersByKey(
  table: TransactionTable,
  members: readonly number[],
  versions: VersionOrders,
): Map<Key, Writer[]> {
  const writers = new Map<Key, Writer[]>()
  for (const [at, member] of members.entries()) {
    if (member >= table.count || versions.takesPart[member] === 0) continue
    for (const step of table.operations[member]!) {
      if (step[0] !== 'append') continue
      const known = writers.get(step[1])
      if (known === undefined) writers.set(step[1], [{ at, value: step[2] }])
      else known.push({ at, value: step[2] })
    }
  }
  return writers
}

function* readsOf(
  table: TransactionTable,
  transaction: number,
): Generator<{ readonly name: Key; readonly list: readonly Value[] }> {
  for (const step of table.operations[transaction]!) {
    if (step[0] === 'r') yield { name: step[1], list: (step[2] ?? []) as readonly Value[] }
  }
}

/** How far into its key's order a list reaches. */
function lastPosition(
  appends: Appends,
  versions: VersionOrders,
  name: Key,
  list: readonly Value[],
): number {
  let last = -1
  for (const element of list) {
    const append = appends.keyOf(name).appendOf.get(element)
    if (append !== undefined) last = Math.max(last, versions.position[append]!)
  }
  return last
}
