import { Footprint, Footprints } from '../footprint/footprints.ts'
import { ACTORS_MAX, actorOf, type Thread, TIME } from '../schedule_text.ts'
import { HappensBefore, type Steps } from './clocks.ts'
import { InterleavingCount } from './interleaving_count.ts'
import type { Picker } from './picker.ts'

/** One place on the path under way: who could go, who did, and who is still to. */
class Node {
  readonly ready: readonly Thread[]
  picked: Thread
  /** Who is to go here in some schedule, `picked` included. */
  readonly backtrack = new Set<Thread>()
  /** Who went here in all schedules that there are, with what that step touched in any of them. */
  readonly done = new Map<Thread, Footprint>()
  /** What the step that was picked touched in any of its schedules so far. */
  footprint = new Footprint()

  constructor(ready: readonly Thread[], picked: Thread) {
    this.ready = ready
    this.picked = picked
    this.backtrack.add(picked)
  }
}

/**
 * Every schedule of a small program, or one for each set of them that differ only in the order of
 * steps that do not depend on each other: dynamic partial-order reduction.
 *
 * The schedules form a tree, walked depth first, each from its beginning. After each one it is
 * looked at which steps raced: they depend on each other, and nothing else says that one must come
 * before the other. Then there is a schedule with the other order, and somebody who starts on the
 * way there is noted at the place of the earlier one (source sets). Whoever has been there in all
 * ways, and what it did depends on nothing that came since, sleeps: to go now would only repeat
 * (sleep sets). Sources: Flanagan, Godefroid: Dynamic Partial-Order Reduction for Model Checking
 * Software (POPL 2005); Abdulla, Aronis, Jonsson, Sagonas: Optimal Dynamic Partial Order Reduction
 * (POPL 2014).
 *
 * Which steps depend on each other is said in `../footprint/footprints.ts`. A step that takes a
 * snapshot touches what its transaction reads only later, so sleepers are reckoned anew at each
 * choice, from what is known by then: who is found awake too late is not missed, for its own steps,
 * when they come, race with those it should have come before.
 *
 * Letting time pass depends on everything, and is tried wherever it can be.
 */
export class ExhaustivePicker implements Picker {
  readonly offersTime = true
  readonly footprints: Footprints
  readonly #reduces: boolean
  readonly #path: Node[] = []
  readonly #count = new InterleavingCount()
  /** How many places of the path the schedule under way shares with the one before. */
  #shared = 0
  /** Where everybody slept, so that the rest repeats another schedule; nothing: nowhere. */
  #cut: number | undefined = undefined
  #last: Thread = 0
  #isFirst = true
  /** An actor had several operations at once: then threads can't be told apart for long. */
  #isParallel = false

  /** @param withTime whether the order of real time can be told from a history */
  constructor(options: { readonly reduction: boolean; readonly withTime: boolean }) {
    this.#reduces = options.reduction
    this.footprints = new Footprints(options.withTime)
  }

  get total(): number | undefined {
    return this.#count.total
  }

  begin(): boolean {
    this.#cut = undefined
    this.#last = 0
    if (this.#isFirst) {
      this.#isFirst = false
      return true
    }
    return this.#backUp()
  }

  pick(ready: readonly Thread[], count: number, step: number): number {
    const node = this.#path[step]
    if (step < this.#shared && node !== undefined) {
      this.#last = node.picked
      return indexOf(ready, count, node.picked)
    }
    const index = this.#choose(ready, count, step)
    this.#last = ready[index]!
    return index
  }

  end(picks: readonly Thread[]): void {
    const length = this.#cut ?? picks.length
    this.#count.add(picks)
    const { steps } = this.footprints
    for (let at = 0; at < length; at++) this.#path[at]!.footprint.add(steps[at]!)
    if (this.#reduces && !this.#isParallel) this.#noteRaces(length)
  }

  /** A place where no schedule was before: whoever went last goes on, if it may. */
  #choose(ready: readonly Thread[], count: number, step: number): number {
    if (this.#cut !== undefined) return 0
    const threads = ready.slice(0, count)
    if (threads.some((thread) => thread >= ACTORS_MAX)) this.#isParallel = true
    const asleep = this.#asleepAt(step)
    const awake = threads.filter((thread) => !asleep.has(thread))
    const [first] = awake
    if (first === undefined) {
      this.#cut = step
      return 0
    }
    const picked = awake.includes(this.#last) ? this.#last : first
    const node = new Node(threads, picked)
    this.#path.push(node)
    if (!this.#reduces || this.#isParallel) for (const thread of threads) node.backtrack.add(thread)
    else if (threads.includes(TIME)) node.backtrack.add(TIME)
    return threads.indexOf(picked)
  }

  /** Who need not go at this place, because it has been there: with what its step touches. */
  #asleepAt(step: number): Map<Thread, Footprint> {
    const asleep = new Map<Thread, Footprint>()
    if (!this.#reduces || this.#isParallel) return asleep
    const { steps } = this.footprints
    for (let at = 0; at < step; at++) {
      const { done, picked, footprint } = this.#path[at]!
      for (const [thread, touched] of done) asleep.set(thread, touched)
      asleep.delete(picked)
      const now = steps[at]
      for (const [thread, touched] of asleep) {
        const meets =
          this.footprints.depend(touched, footprint) ||
          (now !== undefined && this.footprints.depend(touched, now))
        if (meets) asleep.delete(thread)
      }
    }
    return asleep
  }

  /** To the last place where somebody else is to go. */
  #backUp(): boolean {
    const path = this.#path
    for (let at = path.length - 1; at >= 0; at--) {
      const node = path[at]!
      node.done.set(node.picked, node.footprint)
      const asleep = this.#asleepAt(at)
      for (const thread of node.backtrack) {
        if (node.done.has(thread) || asleep.has(thread)) continue
        node.picked = thread
        node.footprint = new Footprint()
        path.length = at + 1
        this.#shared = at + 1
        return true
      }
    }
    return false
  }

  #noteRaces(length: number): void {
    const path = this.#path
    const { steps } = this.footprints
    const seen: Steps = {
      length,
      threadAt: (step) => path[step]!.picked,
      depend: (earlier, later) => this.footprints.depend(steps[earlier]!, steps[later]!),
      isReady: (thread, step) => path[step]!.ready.includes(thread),
    }
    const order = new HappensBefore(seen)
    for (const { earlier, later } of order.races) {
      const node = path[earlier]!
      const starters = this.#starters(order, earlier, later)
      if (starters.some((thread) => node.backtrack.has(thread))) continue
      const starter = starters.find((thread) => node.ready.includes(thread))
      if (starter !== undefined) node.backtrack.add(starter)
      else for (const thread of node.ready) node.backtrack.add(thread)
    }
  }

  /**
   * Who may start on the way to the other order of a race: of the steps between that need not come
   * after the earlier one, and the later one, those that nothing among them must come before.
   */
  #starters(order: HappensBefore, earlier: number, later: number): Thread[] {
    const way: number[] = []
    for (let step = earlier + 1; step < later; step++) {
      if (!order.isBefore(earlier, step)) way.push(step)
    }
    way.push(later)
    const starters: Thread[] = []
    for (const step of way) {
      if (way.some((other) => other < step && order.isBefore(other, step))) continue
      const thread = this.#path[step]!.picked
      if (!starters.includes(thread)) starters.push(thread)
    }
    // The later one itself first, where it may.
    return starters.reverse()
  }
}

function indexOf(ready: readonly Thread[], count: number, thread: Thread): number {
  for (let i = 0; i < count; i++) if (ready[i] === thread) return i
  const who = actorOf(thread)
  throw new Error(
    `the program is not deterministic: thread ${who} could go here in another schedule with the same beginning, and now it can't`,
  )
}
