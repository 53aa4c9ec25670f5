/** The graphs that are built of Elle's histories: its own tests name the edges. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../src/check/graph/dependency_graph.ts'
import { edgeName } from '../../src/check/graph/edges.ts'
import { addRealtimeEdges } from '../../src/check/graph/time_edges.ts'
import { Outcome } from '../../src/check/history/transaction_table.ts'
import { type HistoryEvent, readEvents, type TransactionTable } from '../../src/check/index.ts'
import { interpretAppends } from '../../src/check/models/append/index.ts'

const FOLDER = new URL('../../../shared/histories/', import.meta.url)
const present = existsSync(FOLDER)

interface KnownGraph {
  readonly name: string
  readonly history: readonly HistoryEvent[]
  readonly expectEdges?: readonly (readonly [from: number, to: number, kind?: string | null])[]
}

function read(file: string): KnownGraph[] {
  if (!present) return []
  const known = JSON.parse(String(readFileSync(new URL(file, FOLDER)))) as KnownGraph[]
  return known.filter(({ expectEdges }) => expectEdges !== undefined)
}

/** All pairs of transactions with an edge, sets passed through, by the kind that leads into them. */
function pairs(builder: GraphBuilder): { from: number; to: number; kind: string }[] {
  const { starts, targets, kinds, transactions } = builder.finish()
  const found: { from: number; to: number; kind: string }[] = []
  const follow = (from: number, node: number, kind: string | undefined): void => {
    for (let edge = starts[node]!; edge < starts[node + 1]!; edge++) {
      const name = kind ?? edgeName(kinds[edge]!)
      if (targets[edge]! < transactions) found.push({ from, to: targets[edge]!, kind: name })
      else follow(from, targets[edge]!, name)
    }
  }
  for (let from = 0; from < transactions; from++) follow(from, from, undefined)
  return found
}

describe.skipIf(!present)('dependencies of lists', () => {
  it.each(read('elle-histories.json'))('$name', ({ name, history, expectEdges }) => {
    const table = readEvents(history)
    const builder = new GraphBuilder(table.count)
    interpretAppends(table).addEdges(builder)
    const byCompletion = [...table.completedAt.keys()].sort((left, right) => {
      return completionOf(history, table, left) - completionOf(history, table, right)
    })
    // Two of Elle's tests look at one kind of edge alone.
    const [, only] = /^edges-(ww|wr)$/.exec(name) ?? []
    const relevant = pairs(builder).filter(({ kind }) => only === undefined || kind === only)
    const found = relevant.map(({ from, to, kind }) => {
      return `${byCompletion.indexOf(from)} ${kind} ${byCompletion.indexOf(to)}`
    })
    for (const [from, to, kind] of expectEdges!) {
      const kinds = kind ? [kind] : ['ww', 'wr', 'rw']
      expect(found.some((edge) => kinds.some((one) => edge === `${from} ${one} ${to}`))).toBe(true)
    }
    const expected = expectEdges!.map(([from, to]) => `${from} ${to}`)
    const others = found.filter((edge) => !expected.includes(edge.replace(/ .. /, ' ')))
    expect(others).toEqual([])
  })
})

/** Where a transaction's completion stands, whatever it says. */
function completionOf(
  history: readonly HistoryEvent[],
  table: TransactionTable,
  transaction: number,
): number {
  const invoked = table.invokedAt[transaction]!
  const { process } = history[invoked]!
  return history.findIndex((event, at) => at > invoked && event.process === process)
}

describe.skipIf(!present)('real time', () => {
  it.each(read('elle-realtime-graph.json'))('$name', ({ history, expectEdges }) => {
    const table = timesOf(history)
    const builder = new GraphBuilder(table.count)
    addRealtimeEdges(table, () => true, builder)
    const found = new Set(pairs(builder).map(({ from, to }) => `${from} ${to}`))
    // Edges are named by processes, of one transaction each, and reduced: what follows by
    // transitivity may be there or not.
    const of = (name: number) => table.process.indexOf(table.processNames.indexOf(name))
    const expected = closure(
      table.count,
      expectEdges!.map(([from, to]) => [of(from), of(to)]),
    )
    expect([...closure(table.count, [...found].map(numbers))].sort()).toEqual([...expected].sort())
  })
})

function numbers(text: string): [number, number] {
  return text.split(' ').map(Number) as [number, number]
}

function closure(size: number, edges: readonly (readonly [number, number])[]): Set<string> {
  const before = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
  for (const [from, to] of edges) before[from]![to] = true
  for (let via = 0; via < size; via++) {
    for (const row of before) {
      if (row[via])
        before[via]!.forEach((is, to) => {
          row[to] ||= is
        })
    }
  }
  const found = before.flatMap((row, from) =>
    row.flatMap((is, to) => (is ? [`${from} ${to}`] : [])),
  )
  return new Set(found)
}

/** Of histories of any operation only the times count here. */
function timesOf(history: readonly HistoryEvent[]): TransactionTable {
  const events = history.map((event) => ({ ...event, f: 'txn', value: [] }))
  const table = readEvents(events)
  return { ...table, outcome: table.outcome.fill(Outcome.committed) }
}
