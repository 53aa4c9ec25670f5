/**
 * Who happened before whom, by what was read and by the order of each process: a vector clock for
 * each transaction, with a count for each process of how many of its transactions came before.
 * Sources: Lamport: Time, Clocks, and the Ordering of Events (CACM 1978); Fidge, Mattern (1988).
 */
import type { DependencyGraph } from '../graph/dependency_graph.ts'

/** So many counts fit: some 256 MB. */
const COUNTS_MAX = 1 << 26

export class HappenedBefore {
  readonly #session: Int32Array
  readonly #sessions: number
  /** By node: its place among those of its session. */
  readonly #place: Int32Array
  /** By node and session: how many of that session happened before it, or are itself. */
  readonly #clocks: Int32Array

  private constructor(
    session: Int32Array,
    sessions: number,
    place: Int32Array,
    clocks: Int32Array,
  ) {
    this.#session = session
    this.#sessions = sessions
    this.#place = place
    this.#clocks = clocks
  }

  /**
   * @param graph all its edges count, whatever their kind; they lead through each session in order
   * @param process by node; nodes are numbered in the order of their sessions
   */
  static of(graph: DependencyGraph, process: Int32Array): HappenedBefore | 'cyclic' | 'too large' {
    const numbers = new Map<number, number>()
    const counts: number[] = []
    const place = new Int32Array(graph.nodes)
    const session = process.map((name, node) => {
      let number = numbers.get(name)
      if (number === undefined) {
        number = numbers.size
        numbers.set(name, number)
        counts.push(0)
      }
      place[node] = counts[number]!++
      return number
    })
    const sessions = numbers.size
    if (sessions * graph.nodes > COUNTS_MAX) return 'too large'
    const order = topologicalOrder(graph)
    if (order === undefined) return 'cyclic'
    const clocks = new Int32Array(sessions * graph.nodes)
    for (const node of order) {
      const own = node * sessions
      clocks[own + session[node]!] = place[node]! + 1
      for (let edge = graph.starts[node]!; edge < graph.starts[node + 1]!; edge++) {
        const target = graph.targets[edge]! * sessions
        for (let at = 0; at < sessions; at++) {
          if (clocks[own + at]! > clocks[target + at]!) clocks[target + at] = clocks[own + at]!
        }
      }
    }
    return new HappenedBefore(session, sessions, place, clocks)
  }

  isBefore(earlier: number, later: number): boolean {
    return (
      earlier !== later && this.placeOf(earlier) < this.countBefore(later, this.sessionOf(earlier))
    )
  }

  sessionOf(node: number): number {
    return this.#session[node]!
  }

  placeOf(node: number): number {
    return this.#place[node]!
  }

  /** How many of a session happened before a node; those of its own session up to itself. */
  countBefore(node: number, session: number): number {
    const count = this.#clocks[node * this.#sessions + session]!
    return this.#session[node] === session ? this.#place[node]! : count
  }
}

/** @returns undefined where there is a cycle */
function topologicalOrder({ nodes, starts, targets }: DependencyGraph): Int32Array | undefined {
  const waitsFor = new Int32Array(nodes)
  for (const target of targets) waitsFor[target]!++
  const order = new Int32Array(nodes)
  let placed = 0
  for (let node = 0; node < nodes; node++) if (waitsFor[node] === 0) order[placed++] = node
  for (let at = 0; at < placed; at++) {
    const node = order[at]!
    for (let edge = starts[node]!; edge < starts[node + 1]!; edge++) {
      const target = targets[edge]!
      if (--waitsFor[target]! === 0) order[placed++] = target
    }
  }
  return placed === nodes ? order : undefined
}

/** Who wrote which key, session by session, so that the last one before somebody is found fast. */
export class SessionWrites {
  readonly #happened: HappenedBefore
  readonly #byKey = new Map<number, Map<number, number[]>>()

  constructor(happened: HappenedBefore) {
    this.#happened = happened
  }

  /** In the order of the nodes. */
  add(key: number, writer: number): void {
    let sessions = this.#byKey.get(key)
    if (sessions === undefined) {
      sessions = new Map()
      this.#byKey.set(key, sessions)
    }
    const session = this.#happened.sessionOf(writer)
    const writers = sessions.get(session)
    if (writers === undefined) sessions.set(session, [writer])
    else if (writers.at(-1) !== writer) writers.push(writer)
  }

  /** Of each session the last writer of a key who happened before a node. */
  *before(key: number, node: number): Generator<number> {
    for (const [session, writers] of this.#byKey.get(key) ?? []) {
      const count = this.#happened.countBefore(node, session)
      let low = 0
      let high = writers.length
      while (low < high) {
        const middle = (low + high) >> 1
        if (this.#happened.placeOf(writers[middle]!) < count) low = middle + 1
        else high = middle
      }
      if (low > 0) yield writers[low - 1]!
    }
  }
}
