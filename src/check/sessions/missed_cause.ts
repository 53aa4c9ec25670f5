/**
 * Causal consistency where the order of versions is known: whoever has seen something, by its own
 * reads or through its process, must see of every key at least what had been written before that.
 * Source: Biswas, Enea (OOPSLA 2019), the axiom of causal consistency.
 */
import type { Finding } from '../anomalies/anomaly.ts'
import type { DependencyGraph } from '../graph/dependency_graph.ts'
import { Edge } from '../graph/edges.ts'
import { subgraph } from '../graph/subgraph.ts'
import type { Key } from '../history/events.ts'
import type { TransactionTable } from '../history/transaction_table.ts'
import { HappenedBefore, SessionWrites } from '../search/happened_before.ts'
import { INITIAL_VERSION, type SessionStep, type SessionView } from './session_view.ts'

/**
 * Looks for a read that misses what happened before it. Such a read and what it misses lie on a
 * cycle, so it is enough to look within a component.
 *
 * @param graph with the edges of processes
 * @param members the transactions of one component
 * @returns the first violation; undefined where there is none, or a cycle of what was read says so
 */
export function findMissedCause(
  table: TransactionTable,
  view: SessionView,
  keyName: (key: number) => Key,
  graph: DependencyGraph,
  members: readonly number[],
): Finding | 'too large' | undefined {
  const component = subgraph(graph, members, Edge.wr | Edge.process)
  const process = component.names.map((name) => (name < table.count ? table.process[name]! : -1))
  const happened = HappenedBefore.of(component.graph, process)
  if (typeof happened === 'string') return happened === 'cyclic' ? undefined : happened
  const steps = members.map((member) => (member < table.count ? view.stepsOf(member) : []))
  const writes = writesOf(steps, happened)
  for (const [at, own] of steps.entries()) {
    for (const { key, version, writes: isWrite } of own) {
      if (isWrite) continue
      for (const writer of writes.before(key, at)) {
        const wrote = versionOf(steps[writer]!, key)
        if (wrote === version) continue
        if (version !== INITIAL_VERSION && view.isBefore(version, wrote) !== true) continue
        return missedBy(members[at]!, members[writer]!, keyName(key))
      }
    }
  }
  return undefined
}

function writesOf(
  steps: readonly (readonly SessionStep[])[],
  happened: HappenedBefore,
): SessionWrites {
  const writes = new SessionWrites(happened)
  steps.forEach((own, at) => {
    for (const step of own) if (step.writes) writes.add(step.key, at)
  })
  return writes
}

/** What a transaction wrote to a key last. */
function versionOf(steps: readonly SessionStep[], key: number): number {
  return steps.findLast((step) => step.writes && step.key === key)!.version
}

function missedBy(reader: number, writer: number, name: Key): Finding {
  return {
    type: 'causality',
    transactions: [reader, writer],
    sentence:
      `T${reader} read ${JSON.stringify(name)} without what T${writer} had written before, ` +
      `by what T${reader} and its process had seen.`,
  }
}
