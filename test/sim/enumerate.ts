import type { Choice, Strategy } from '../../src/sim/index.ts'

/**
 * Every path through a tree of choices, depth first, for small trees. Each call of `play` plays one
 * path with the strategy that it is given; the next call differs in the last choice that had more.
 *
 * @returns what each path gave
 */
export function everyInterleaving<T>(
  play: (strategy: Strategy) => T,
  options: { readonly offersTime?: boolean } = {},
): T[] {
  const results: T[] = []
  forEachPath(options, (strategy) => {
    results.push(play(strategy))
  })
  return results
}

/** The same where a path takes turns of the event loop. */
export async function everyInterleavingAsync<T>(
  play: (strategy: Strategy) => Promise<T>,
  options: { readonly offersTime?: boolean } = {},
): Promise<T[]> {
  const results: T[] = []
  const path = new Path(options.offersTime ?? false)
  do results.push(await play(path))
  while (path.next())
  return results
}

function forEachPath(
  options: { readonly offersTime?: boolean },
  visit: (strategy: Strategy) => void,
): void {
  const path = new Path(options.offersTime ?? false)
  do visit(path)
  while (path.next())
}

class Path implements Strategy {
  readonly offersTime: boolean
  /** The choice taken at each step, and of how many. */
  readonly #steps: { taken: number; of: number }[] = []
  #depth = 0

  constructor(offersTime: boolean) {
    this.offersTime = offersTime
  }

  choose(choices: readonly Choice[]): number {
    const at = this.#depth++
    const step = this.#steps[at]
    if (step !== undefined) {
      if (step.of !== choices.length) throw new Error('the program itself is not deterministic')
      return step.taken
    }
    this.#steps.push({ taken: 0, of: choices.length })
    return 0
  }

  next(): boolean {
    this.#depth = 0
    for (;;) {
      const last = this.#steps.at(-1)
      if (last === undefined) return false
      if (++last.taken < last.of) return true
      this.#steps.pop()
    }
  }
}
