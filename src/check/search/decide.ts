/**
 * Decides whether there is an order of all elements that has some pairs in a given order, and of
 * each alternative at least one side. It is what serializability and snapshot isolation ask when
 * the order of versions is not known: NP-complete (Papadimitriou 1979), and in practice settled
 * almost entirely by what follows from what is known.
 *
 * What follows is found first: an alternative one side of which is impossible is no alternative.
 * Where nothing follows any more, one side is tried, that which agrees with time if there is any,
 * and the other if it fails.
 */
import { Closure } from './closure.ts'

/** `a` before `b`, or `c` before `d`. */
export interface Alternative {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
}

export interface OrderProblem {
  readonly size: number
  /** Pairs of an earlier and a later element, flat. */
  readonly pairs: readonly number[]
  readonly alternatives: readonly Alternative[]
  /** Stops after so many visits of an alternative; then nobody knows. */
  readonly visitsMax: number
}

/** @returns undefined where the search was too long to finish */
export function hasOrder(problem: OrderProblem): boolean | undefined {
  const closure = new Closure(problem.size)
  for (let at = 0; at < problem.pairs.length; at += 2) {
    if (!closure.add(problem.pairs[at]!, problem.pairs[at + 1]!)) return false
  }
  const search = new OrderSearch(problem.visitsMax)
  return search.settle(closure, problem.alternatives)
}

class OrderSearch {
  #visitsLeft: number

  constructor(visitsMax: number) {
    this.#visitsLeft = visitsMax
  }

  settle(closure: Closure, given: readonly Alternative[]): boolean | undefined {
    const open = this.#follow(closure, given)
    if (open === undefined) return this.#visitsLeft < 0 ? undefined : false
    const next = open[0]
    if (next === undefined) return true
    const rest = open.slice(1)
    const first = closure.clone()
    first.add(next.a, next.b)
    const answer = this.settle(first, rest)
    if (answer !== false) return answer
    return closure.add(next.c, next.d) ? this.settle(closure, rest) : false
  }

  /** Adds all that follows. @returns the alternatives still open, or undefined if none is left */
  #follow(closure: Closure, given: readonly Alternative[]): Alternative[] | undefined {
    let open = given
    for (;;) {
      const still: Alternative[] = []
      let moved = false
      for (const alternative of open) {
        if (--this.#visitsLeft < 0) return undefined
        const { a, b, c, d } = alternative
        if (closure.isBefore(a, b) || closure.isBefore(c, d)) continue
        const left = a !== b && !closure.isBefore(b, a)
        const right = c !== d && !closure.isBefore(d, c)
        if (left && right) {
          still.push(alternative)
          continue
        }
        if (!left && !right) return undefined
        if (left) closure.add(a, b)
        else closure.add(c, d)
        moved = true
      }
      if (!moved) return still
      open = still
    }
  }
}
