/**
 * The model list-append: transactions append unique elements to lists and read whole lists. One
 * read tells the order of all versions before it, so the graph is known almost completely, and
 * judging takes time linear in the history. Source: Kingsbury, Alvaro: Elle, VLDB 2020.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { TransactionTable } from '../../history/transaction_table.ts'
import type { Interpretation } from '../model.ts'
import { indexAppends } from './appends.ts'
import { AppendDecision, TRANSACTIONS_MAX } from './decision.ts'
import { AppendEdges } from './edges.ts'
import { footprintOf } from './footprint.ts'
import { findFracturedReads } from './fractured_reads.ts'
import { findLostUpdates } from './lost_updates.ts'
import { checkReads } from './reads.ts'
import { sessionsOf } from './sessions.ts'
import { orderVersions } from './version_orders.ts'

export function interpretAppends(table: TransactionTable): Interpretation {
  const findings: Finding[] = []
  const appends = indexAppends(table)
  const versions = orderVersions(table, appends, findings)
  const seen = checkReads(table, appends, versions, findings)
  findLostUpdates(table, appends, seen, findings)
  findFracturedReads(table, appends, versions, seen, findings)
  const lists = { table, appends, versions, seen }
  const edges = new AppendEdges(table, appends, versions, seen)
  let isKnown = true
  for (const unread of versions.unread.values()) if (unread.length > 1) isKnown = false
  return {
    takesPart: versions.takesPart,
    findings,
    // Appends that nobody read may come in any order, so that only writers at once can be wrong.
    certainty: { causal: 'by sessions', serializability: true, snapshots: isKnown },
    ...(table.count <= TRANSACTIONS_MAX
      ? { decision: (graph) => new AppendDecision(table.count, graph, appends, versions) }
      : {}),
    sessions: () => sessionsOf(lists),
    footprint: footprintOf(lists),
    // At most one ww edge into each append, and a wr and an rw edge for each read.
    edgesExpected: 2 * appends.stepKey.length - appends.count,
    addEdges: (graph) => edges.addTo(graph),
    describe: (edge) => edges.describe(edge),
    keyName: (about) => appends.keys[about]!.name,
  }
}
