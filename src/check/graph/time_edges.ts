import { NEVER, Outcome, type TransactionTable } from '../history/transaction_table.ts'
import type { GraphBuilder } from './dependency_graph.ts'
import { Edge } from './edges.ts'

/**
 * What clients saw of time: each process does one transaction after another.
 *
 * @param takesPart whether a transaction is a node at all: those that failed are not
 */
export function addProcessEdges(
  table: TransactionTable,
  takesPart: (transaction: number) => boolean,
  graph: GraphBuilder,
): void {
  const last = new Int32Array(table.processNames.length).fill(-1)
  for (let transaction = 0; transaction < table.count; transaction++) {
    if (!takesPart(transaction)) continue
    const process = table.process[transaction]!
    if (last[process]! >= 0) graph.add(last[process]!, transaction, Edge.process)
    last[process] = transaction
  }
}

/**
 * Real time: whoever ended before another began. That would be a product of edges; here each moment
 * between a completion and the next invocation is a node, later moments follow from earlier ones,
 * completions lead into theirs and invocations come out of the last: three edges a transaction.
 */
export function addRealtimeEdges(
  table: TransactionTable,
  takesPart: (transaction: number) => boolean,
  graph: GraphBuilder,
): void {
  const byCompletion = completions(table, takesPart)
  let ended = 0
  let moment = -1
  for (let transaction = 0; transaction < table.count; transaction++) {
    if (!takesPart(transaction)) continue
    const invokedAt = table.invokedAt[transaction]!
    if (ended < byCompletion.length && completedAt(table, byCompletion[ended]!) < invokedAt) {
      const next = graph.auxiliary()
      if (moment >= 0) graph.add(moment, next, Edge.realtime)
      moment = next
      while (ended < byCompletion.length && completedAt(table, byCompletion[ended]!) < invokedAt) {
        graph.add(byCompletion[ended++]!, moment, Edge.realtime)
      }
    }
    if (moment >= 0) graph.add(moment, transaction, Edge.realtime)
  }
}

function completedAt(table: TransactionTable, transaction: number): number {
  return table.completedAt[transaction]!
}

/** Committed transactions in the order of their completions. */
function completions(
  table: TransactionTable,
  takesPart: (transaction: number) => boolean,
): Int32Array {
  const ended: number[] = []
  for (let transaction = 0; transaction < table.count; transaction++) {
    if (
      table.outcome[transaction] === Outcome.committed &&
      table.completedAt[transaction] !== NEVER &&
      takesPart(transaction)
    ) {
      ended.push(transaction)
    }
  }
  return Int32Array.from(ended).sort(
    (left, right) => table.completedAt[left]! - table.completedAt[right]!,
  )
}
