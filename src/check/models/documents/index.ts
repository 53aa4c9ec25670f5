/**
 * The model of document histories: versions and their order are known, so every dependency is, and
 * the verdict is complete. See `history.ts`.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import type { Interpretation } from '../model.ts'
import { addEdges, describeEdge } from './edges.ts'
import type { DocumentHistory } from './history.ts'
import { lostUpdates } from './lost_updates.ts'
import { sightsOf } from './reads.ts'
import { sessionsOf } from './sessions.ts'

export function interpretDocuments(history: DocumentHistory): Interpretation {
  const findings: Finding[] = []
  const sights = sightsOf(history, findings)
  findings.push(...lostUpdates(history, sights))
  return {
    takesPart: Uint8Array.from(history.transactions, ({ committed }) => (committed ? 1 : 0)),
    findings,
    certainty: { causal: 'by sessions', snapshots: true, serializability: true },
    sessions: () => sessionsOf(history),
    addEdges: (graph) => addEdges(history, sights, graph),
    describe: (edge) => describeEdge(edge, history, sights),
    keyName: (about) => history.objects[about]!.name,
  }
}

/** The transactions as the judge's other half knows them: who, and when. */
export function tableOf({ transactions }: DocumentHistory): TransactionTable {
  const names: string[] = []
  const process = transactions.map((transaction) => {
    const known = names.indexOf(transaction.process)
    return known === -1 ? names.push(transaction.process) - 1 : known
  })
  return {
    count: transactions.length,
    operations: transactions.map(() => []),
    outcome: Uint8Array.from(transactions, ({ committed }) =>
      committed ? Outcome.committed : Outcome.aborted,
    ),
    process: Int32Array.from(process),
    processNames: names,
    invokedAt: Int32Array.from(transactions, ({ began }) => began),
    completedAt: Int32Array.from(transactions, ({ ended }) => ended),
    isInitial: new Uint8Array(transactions.length),
  }
}
