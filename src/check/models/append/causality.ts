/**
 * Causal consistency of lists: whoever has seen something, by its own reads or through its process,
 * must see in every list at least what had been appended before that.
 * Source: Biswas, Enea (OOPSLA 2019), the axiom of causal consistency.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { DependencyGraph } from '../../graph/dependency_graph.ts'
import { Edge } from '../../graph/edges.ts'
import { subgraph } from '../../graph/subgraph.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import { HappenedBefore, SessionWrites } from '../../search/happened_before.ts'
import { type Appends, READ } from './appends.ts'
import { INITIAL } from './reads.ts'
import { UNREAD, type VersionOrders } from './version_orders.ts'

/** A list-append history, as far as it is understood. */
export interface KnownLists {
  readonly table: TransactionTable
  readonly appends: Appends
  readonly versions: VersionOrders
  /** By step, the version that a read saw. */
  readonly seen: Int32Array
}

/**
 * Looks for a read that misses what happened before it. Such a read and what it misses lie on a
 * cycle, so it is enough to look within a component.
 *
 * @param graph with the edges of processes
 * @param members the transactions of one component
 * @returns the first violation; undefined where there is none, or a cycle of what was read says so
 */
export function findMissedCause(
  lists: KnownLists,
  graph: DependencyGraph,
  members: readonly number[],
): Finding | 'too large' | undefined {
  const { table, appends, versions, seen } = lists
  const component = subgraph(graph, members, Edge.wr | Edge.process)
  const process = component.names.map((name) => (name < table.count ? table.process[name]! : -1))
  const happened = HappenedBefore.of(component.graph, process)
  if (typeof happened === 'string') return happened === 'cyclic' ? undefined : happened
  const writes = writesOf(lists, members, happened)
  for (const [at, reader] of members.entries()) {
    if (reader >= table.count || table.outcome[reader] !== Outcome.committed) continue
    for (let step = appends.firstStep[reader]!; step < appends.firstStep[reader + 1]!; step++) {
      if (appends.stepAppend[step] !== READ) continue
      const place = seen[step] === INITIAL ? -1 : versions.position[seen[step]!]!
      const key = appends.stepKey[step]!
      for (const writer of writes.before(key, at)) {
        const missed = lastAppend(appends, members[writer]!, key)
        const position = versions.position[missed]!
        if (position === UNREAD || position > place) return missedBy(lists, reader, missed)
      }
    }
  }
  return undefined
}

function writesOf(
  { table, appends, versions }: KnownLists,
  members: readonly number[],
  happened: HappenedBefore,
): SessionWrites {
  const writes = new SessionWrites(happened)
  for (const [at, member] of members.entries()) {
    if (member >= table.count || versions.takesPart[member] === 0) continue
    for (let step = appends.firstStep[member]!; step < appends.firstStep[member + 1]!; step++) {
      if (appends.stepAppend[step] !== READ) writes.add(appends.stepKey[step]!, at)
    }
  }
  return writes
}

/** What a transaction appended to a key last. */
function lastAppend({ firstStep, stepAppend, stepKey }: Appends, who: number, key: number): number {
  let step = firstStep[who + 1]! - 1
  while (stepKey[step] !== key || stepAppend[step] === READ) step--
  return stepAppend[step]!
}

function missedBy({ table, appends }: KnownLists, reader: number, append: number): Finding {
  const writer = appends.author[append]!
  const key = appends.keyOf[append]!
  const name = JSON.stringify(appends.keys[key]!.name)
  const steps = table.operations[writer]!
  const step =
    steps[
      appends.stepAppend.indexOf(append, appends.firstStep[writer]) - appends.firstStep[writer]!
    ]!
  return {
    type: 'causality',
    transactions: [reader, writer],
    sentence:
      `T${reader} read ${name} without ${JSON.stringify(step[2])}, which T${writer} had appended ` +
      `before, by what T${reader} and its process had seen.`,
  }
}
