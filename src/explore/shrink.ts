/**
 * Makes a schedule that fails smaller, as long as it goes on failing in the same way: fewer actors
 * first, then fewer switches from one actor to another, then fewer steps that need to be named,
 * until nothing can be left out.
 *
 * A smaller schedule is tried by playing it: steps that nobody can take are passed over, and behind
 * its end whoever went last goes on. What counts is the way that the program really took.
 */
import type { Exploration } from './exploration.ts'
import type { Failure } from './failure.ts'
import type { Schedule, Thread } from './schedule_text.ts'
import { ReplayPicker } from './strategies/replay.ts'

/** So many schedules are played at most, before what is there is good enough. */
const PLAYS_MAX = 600

interface Shrunk {
  readonly failure: Failure
  readonly schedule: Schedule
}

export async function shrink<Given>(
  exploration: Exploration<Given>,
  found: Shrunk,
): Promise<Shrunk> {
  // A schedule that hangs takes a second of real time each time.
  if (found.failure.kind === 'hang' || found.failure.kind === 'nondeterminism') return found
  const shrinking = new Shrinking(exploration, found)
  await shrinking.fewerActors()
  await shrinking.fewerSwitches()
  await shrinking.shorter()
  return shrinking.best
}

class Shrinking<Given> {
  best: Shrunk
  readonly #exploration: Exploration<Given>
  #plays = 0

  constructor(exploration: Exploration<Given>, found: Shrunk) {
    this.#exploration = exploration
    this.best = found
  }

  async fewerActors(): Promise<void> {
    for (const actor of this.#exploration.player.actorNumbers) {
      const { without, threads } = this.best.schedule
      if (without.has(actor)) continue
      await this.#attempt({ without: new Set([...without, actor]), threads }, () => true)
    }
  }

  /** Moves each run of steps behind the next run of the same actor, or before the one before. */
  async fewerSwitches(): Promise<void> {
    let again = true
    while (again) {
      again = false
      const runs = runsOf(this.best.schedule.threads)
      const before = runs.length
      for (let at = 0; at + 1 < runs.length && !again; at++) {
        for (const order of joined(runs, at)) {
          const threads = order.flat()
          const fewer = (taken: readonly Thread[]) => runsOf(taken).length < before
          if (await this.#attempt({ ...this.best.schedule, threads }, fewer)) {
            again = true
            break
          }
        }
      }
    }
  }

  /** Names no more steps than it takes for the rest to follow by itself. */
  async shorter(): Promise<void> {
    const { without, threads } = this.best.schedule
    const runs = runsOf(threads).length
    for (let length = 0; length < threads.length; length++) {
      const named = threads.slice(0, length)
      const asGood = (taken: readonly Thread[]) => runsOf(taken).length <= runs
      if (await this.#attempt({ without, threads: named }, asGood, named)) return
    }
  }

  /** @param named what the schedule is to say, if not every step that was taken */
  async #attempt(
    { without, threads }: Schedule,
    isBetter: (taken: readonly Thread[]) => boolean,
    named?: readonly Thread[],
  ): Promise<boolean> {
    if (this.#plays++ >= PLAYS_MAX) return false
    const picker = new ReplayPicker(threads, { strict: false })
    const { failure, picks } = await this.#exploration.playOne(picker, { without })
    if (failure?.kind !== this.best.failure.kind || !isBetter(picks)) return false
    this.best = { failure, schedule: { without, threads: named ?? picks } }
    return true
  }
}

/** Steps in a row of the same thread. */
function runsOf(threads: readonly Thread[]): Thread[][] {
  const runs: Thread[][] = []
  for (const thread of threads) {
    const last = runs.at(-1)
    if (last?.[0] === thread) last.push(thread)
    else runs.push([thread])
  }
  return runs
}

/** The runs with one of them moved so that two of one thread come together. */
function* joined(runs: readonly Thread[][], at: number): Generator<readonly Thread[][]> {
  const run = runs[at]!
  const rest = runs.toSpliced(at, 1)
  const later = rest.findIndex((other, place) => place >= at && other[0] === run[0])
  if (later !== -1) yield rest.toSpliced(later, 0, run)
  const earlier = rest.findLastIndex((other, place) => place < at && other[0] === run[0])
  if (earlier !== -1) yield rest.toSpliced(earlier + 1, 0, run)
  // Or it comes to its end at once, or waits for all others.
  yield [...rest, run]
}
