/**
 * The model list-append: transactions append unique elements to lists and read whole lists. One
 * read tells the order of all versions before it, so the graph is known almost completely, and
 * judging takes time linear in the history. Source: Kingsbury, Alvaro: Elle, VLDB 2020.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { TransactionTable } from '../../history/transaction_table.ts'
import type { Interpretation } from '../model.ts'
import { indexAppends } from './appends.ts'
import { findMissedCause } from './causality.ts'
import { AppendDecision, TRANSACTIONS_MAX } from './decision.ts'
import { AppendEdges } from './edges.ts'
import { findFracturedReads } from './fractured_reads.ts'
import { findLostUpdates } from './lost_updates.ts'
import { ReadCheck } from './reads.ts'
import { noteLongestReads, orderVersions } from './version_orders.ts'

export function interpretAppends(table: TransactionTable): Interpretation {
  const findings: Finding[] = []
  const appends = indexAppends(table)
  noteLongestReads(table, appends)
  const versions = orderVersions(table, appends, findings)
  new ReadCheck(table, appends, findings).checkAll()
  findLostUpdates(table, appends, findings)
  findFracturedReads(table, appends, versions, findings)
  const edges = new AppendEdges(table, appends, versions)
  return {
    takesPart: versions.takesPart,
    findings,
    // Appends that nobody read may come in any order, so that only writers at once can be wrong.
    certainty: {
      causal: true,
      serializability: true,
      snapshots: versions.unread.every((appended) => appended.length < 2),
    },
    addEdges: (graph) => edges.addTo(graph),
    ...(table.count <= TRANSACTIONS_MAX
      ? { decision: (graph) => new AppendDecision(table.count, graph, appends, versions) }
      : {}),
    missedCause: (graph, members) => findMissedCause(table, appends, versions, graph, members),
    describe: (edge) => edges.describe(edge),
    keyName: (about) => appends.keys[about]!.name,
  }
}
