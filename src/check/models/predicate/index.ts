/**
 * The model closed-predicate: objects are inserted, written and deleted, and read one by one or all
 * that a predicate covers. An object that is not there has a version too, unborn or dead, so that a
 * predicate read that did not see an object still depends on whoever deletes or inserts it.
 * Source: Adya, Liskov, O'Neil (ICDE 2000), section 4.3 on predicates.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { GraphBuilder } from '../../graph/dependency_graph.ts'
import { Edge } from '../../graph/edges.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import type { DescribedEdge, Interpretation } from '../model.ts'
import { indexObjects, matches, type Objects, type PredicateObject } from './objects.ts'
import { type Sight, sightsOf } from './reads.ts'

export function interpretPredicates(table: TransactionTable): Interpretation {
  const findings: Finding[] = []
  const objects = indexObjects(table)
  const sights = sightsOf(table, objects, findings)
  const isKnown = objects.all.every(hasKnownOrder)
  return {
    takesPart: table.outcome.map((outcome) => (outcome === Outcome.committed ? 1 : 0)),
    findings,
    certainty: { causal: false, snapshots: isKnown, serializability: isKnown },
    addEdges(graph) {
      for (const object of objects.all) addWrites(graph, object)
      for (const sight of sights) addSight(graph, sight)
    },
    describe: (edge) => describe(edge, objects, sights),
    keyName: (about) => objects.all[about]!.name,
  }
}

function hasKnownOrder({ versions }: PredicateObject): boolean {
  return new Set(versions.map(({ stage }) => stage)).size === versions.length
}

/** Each version before those of the next stage that there is. */
function addWrites(graph: GraphBuilder, { versions, number }: PredicateObject): void {
  const stages = [...new Set(versions.map(({ stage }) => stage))].sort()
  stages.forEach((stage, at) => {
    const next = stages[at + 1]
    for (const earlier of versions.filter((version) => version.stage === stage)) {
      if (earlier.author === undefined) continue
      for (const later of versions) {
        if (later.stage === next) graph.add(earlier.author, later.author!, Edge.ww, number)
      }
    }
  })
}

function addSight(graph: GraphBuilder, { reader, object, version, predicate }: Sight): void {
  const mark = predicate === undefined ? 0 : Edge.predicate
  if (version.author !== undefined) {
    graph.add(version.author, reader, Edge.wr | mark, object.number)
  }
  for (const later of object.versions) {
    if (later.stage <= version.stage) continue
    // Of later versions those matter to a predicate that come to match it, or no longer do.
    const matters =
      predicate === undefined ||
      matches(predicate, later.value) !== matches(predicate, version.value)
    if (matters) graph.add(reader, later.author!, Edge.rw | mark, object.number)
  }
}

function describe(
  { from, to, kind, about }: DescribedEdge,
  objects: Objects,
  sights: readonly Sight[],
): string {
  const object = objects.all[about]!
  const name = JSON.stringify(object.name)
  const did = (transaction: number) => {
    const version = object.versions.find(({ author }) => author === transaction)
    return version?.value === undefined
      ? `deleted ${name}`
      : `wrote ${name} as ${JSON.stringify(version.value)}`
  }
  if (kind === 'ww') return `T${from} ${did(from)}, then T${to} ${did(to)}`
  const reader = kind === 'wr' ? to : from
  const written = object.versions.find(({ author }) => author === (kind === 'wr' ? from : to))!
  const sight = sights.find(
    (one) =>
      one.reader === reader &&
      one.object === object &&
      (kind === 'wr' ? one.version === written : one.version.stage < written.stage),
  )!
  const saw = sight.version.value === undefined ? 'nothing' : JSON.stringify(sight.version.value)
  const how =
    sight.predicate === undefined
      ? ''
      : ` when it read all that is ${JSON.stringify(sight.predicate)}`
  const read = `T${reader} saw ${saw} of ${name}${how}`
  return kind === 'wr' ? `T${from} ${did(from)}, and ${read}` : `${read}, then T${to} ${did(to)}`
}
