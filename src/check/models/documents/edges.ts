/** The dependencies of a document history; all of them, since the order of versions is known. */
import type { GraphBuilder } from '../../graph/dependency_graph.ts'
import { Edge } from '../../graph/edges.ts'
import type { DescribedEdge } from '../model.ts'
import type { DocumentHistory, DocumentVersion } from './history.ts'
import type { Sight } from './reads.ts'
import { shown, versionText } from './words.ts'

export function addEdges(
  history: DocumentHistory,
  sights: readonly Sight[],
  graph: GraphBuilder,
): void {
  history.objects.forEach(({ versions }, object) => {
    const committed = committedOf(versions)
    for (let at = 1; at < committed.length; at++) {
      const before = committed[at - 1]!.author
      if (before !== undefined) graph.add(before, committed[at]!.author!, Edge.ww, object)
    }
  })
  for (const sight of sights) {
    const { reader, object, version } = sight
    const { versions } = history.objects[object]!
    const mark = sight.unmatched === undefined ? 0 : Edge.predicate
    const { author } = versions[version]!
    if (author !== undefined) graph.add(author, reader, Edge.wr | mark, object)
    const next = nextThatMatters(versions, sight)
    if (next !== undefined) graph.add(reader, next, Edge.rw | mark, object)
  }
}

/**
 * Who wrote the version that takes the place of what was seen. To a predicate matters only a
 * version that it would have matched.
 */
function nextThatMatters(
  versions: readonly DocumentVersion[],
  { version, unmatched, reader }: Sight,
): number | undefined {
  for (let later = version + 1; later < versions.length; later++) {
    const { state, author } = versions[later]!
    if (state !== 'committed') return undefined
    if (unmatched !== undefined && unmatched.matches[later] !== true) continue
    // What the reader itself wrote next, others can only overwrite: their edges go by way of it.
    return author === reader ? undefined : author
  }
  return undefined
}

function committedOf(versions: readonly DocumentVersion[]): DocumentVersion[] {
  return versions.filter(({ state }) => state === 'committed')
}

/** Why there is an edge, in one sentence. */
export function describeEdge(
  { from, to, kind, about }: DescribedEdge,
  history: DocumentHistory,
  sights: readonly Sight[],
): string {
  const { name, versions } = history.objects[about]!
  const who = (transaction: number) => history.transactions[transaction]!.name
  const written = (transaction: number) =>
    versions.findLast(({ author, state }) => author === transaction && state === 'committed')
  const wrote = (transaction: number) => {
    const value = written(transaction)?.value
    return value === undefined ? `deleted ${name}` : `wrote ${name} = ${shown(value)}`
  }
  if (kind === 'ww') return `${who(from)} ${wrote(from)}, and then ${who(to)} ${wrote(to)}`
  const reader = kind === 'wr' ? to : from
  const writer = kind === 'wr' ? from : to
  const sight = sights.find(
    (one) =>
      one.reader === reader &&
      one.object === about &&
      (kind === 'wr'
        ? versions[one.version]!.author === writer
        : versions[one.version]!.author !== writer),
  )
  if (sight === undefined) return `${who(from)} came before ${who(to)} on ${name}`
  const { unmatched } = sight
  const read =
    unmatched === undefined
      ? `${who(reader)} read ${versionText(history, about, sight.version)}`
      : `${who(reader)} looked for ${unmatched.predicate} and did not find ${name}`
  if (kind === 'wr') return `${who(writer)} ${wrote(writer)}, and ${read}`
  const after = written(writer)?.value
  if (unmatched !== undefined) {
    return `${read}, which ${who(writer)} then made match: ${shown(after)}`
  }
  return after === undefined
    ? `${read}, which ${who(writer)} then deleted`
    : `${read}, which ${who(writer)} then overwrote with ${shown(after)}`
}
