/**
 * What of a cycle is drawn. A short one is, as a whole; of a long one the transactions around its
 * rw edges, which make the anomaly, and a link in place of each stretch between them.
 */
import type { EdgeExplanation, Explanation } from '../explain/explanation.ts'
import type { Link } from './scene.ts'

export interface Core {
  /** In the order of the cycle. */
  readonly transactions: readonly number[]
  readonly links: readonly Link[]
}

/** More transactions than this are more than one looks at. */
const TRANSACTIONS_MAX = 9
/** So many rw edges of a long cycle are shown, each with who comes before and after. */
const TURNS_MAX = 2

export function coreOf({ edges, transactions }: Explanation): Core {
  if (edges.length === 0) {
    const numbers = transactions.map(({ transaction }) => transaction)
    return { transactions: [...new Set(numbers)].slice(0, TRANSACTIONS_MAX), links: [] }
  }
  const places = edges.length <= TRANSACTIONS_MAX ? edges.map((_, at) => at) : placesShown(edges)
  return {
    transactions: places.map((at) => edges[at]!.from),
    links: places.map((at, index) => {
      const next = places[(index + 1) % places.length]!
      const length = (next - at + edges.length) % edges.length || edges.length
      return length === 1 ? linkOf(edges[at]!, at) : stretchOf(edges, at, length)
    }),
  }
}

/** Places in a long cycle, each standing for the transaction that its edge comes from. */
function placesShown(edges: readonly EdgeExplanation[]): number[] {
  const turns = edges.flatMap(({ kind }, at) => (kind === 'rw' ? [at] : []))
  const shown = new Set<number>()
  for (const turn of turns.length > 0 ? turns.slice(0, TURNS_MAX) : [0]) {
    for (const near of [-1, 0, 1, 2]) shown.add((turn + near + edges.length) % edges.length)
  }
  return [...shown].sort((left, right) => left - right)
}

function linkOf(edge: EdgeExplanation, at: number): Link {
  const { from, to, kind, key, sentence, fromStep, toStep } = edge
  return {
    from: { transaction: from, step: fromStep?.step },
    to: { transaction: to, step: toStep?.step },
    kind,
    ...(key !== undefined && { key }),
    sentence,
    edge: at,
    edges: 1,
  }
}

/** One link for several edges; its kind is that of most of them. */
function stretchOf(edges: readonly EdgeExplanation[], from: number, length: number): Link {
  const stretch = Array.from({ length }, (_, at) => edges[(from + at) % edges.length]!)
  const first = stretch[0]!
  const last = stretch.at(-1)!
  const counts = new Map<EdgeExplanation['kind'], number>()
  for (const { kind } of stretch) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const [[kind] = [first.kind]] = [...counts].sort(([, left], [, right]) => right - left)
  const parts = [...counts].map(([name, count]) => `${count} ${name}`)
  return {
    from: { transaction: first.from, step: first.fromStep?.step },
    to: { transaction: last.to, step: last.toStep?.step },
    kind,
    sentence: `${length} edges of the cycle that are not drawn: ${parts.join(', ')}`,
    edge: from,
    edges: length,
  }
}
