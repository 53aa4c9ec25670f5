import type { Verdict } from '../check/index.ts'
import { Random } from '../sim/index.ts'
import { errorText, type Failure, failureOfActors } from './failure.ts'
import { HistoryRecorder } from './history/recorder.ts'
import { asksForRealTime, HistoryJudge } from './judge.ts'
import type { ExploreOptions } from './options.ts'
import { Chooser } from './play/chooser.ts'
import { type Played, Player, type PlayOptions } from './play/player.ts'
import { World } from './play/world.ts'
import type { ExploreReport } from './report.ts'
import type { Schedule, Thread } from './schedule_text.ts'
import type { Picker } from './strategies/picker.ts'
import { ReplayPicker } from './strategies/replay.ts'
import { makePicker, type Resolved, resolve } from './strategies/table.ts'
import { TimelineRecorder } from './timeline.ts'

/** A schedule that failed. */
export interface Found {
  readonly failure: Failure
  readonly schedule: Schedule
}

/** A schedule that was played by itself, and what was wrong with it, if anything. */
export interface Retold {
  readonly failure: Failure | undefined
  /** Who went, step by step. */
  readonly picks: readonly Thread[]
}

/** So many schedules of generators in a row keep the event loop waiting. */
const SCHEDULES_PER_TURN = 256

/** One program with its simulators: plays schedules, and says what is wrong with each. */
export class Exploration<Given> {
  readonly resolved: Resolved
  readonly player: Player<Given>
  readonly judge: HistoryJudge | undefined
  readonly world: World
  readonly #options: ExploreOptions<Given>
  readonly #given: Given
  readonly #picker: Picker
  #explored = 0
  #isComplete = false

  private constructor(
    options: ExploreOptions<Given>,
    parts: {
      readonly resolved: Resolved
      readonly world: World
      readonly chooser: Chooser
      readonly given: Given
    },
  ) {
    const { resolved, world, chooser, given } = parts
    this.#options = options
    this.#given = given
    this.resolved = resolved
    this.world = world
    const { isolation, unit = 'transaction', actors } = options
    const history = isolation === undefined ? undefined : new HistoryRecorder()
    world.observers.history = history
    if (history !== undefined && isolation !== undefined) {
      const count = Object.keys(actors).length
      this.judge = new HistoryJudge(history, { level: isolation, unit, actors: count })
    }
    this.#picker = makePicker(resolved, new Random(resolved.seed), asksForRealTime(isolation))
    world.observers.footprints = this.#picker.footprints
    this.player = new Player({ world, chooser, options, given, history })
  }

  static async begin<Given>(options: ExploreOptions<Given>): Promise<Exploration<Given>> {
    const resolved = resolve(options)
    const chooser = new Chooser(resolved.granularity)
    const world = await World.create({
      seed: resolved.seed,
      chooser,
      waitForHolder: resolved.waitForHolder,
      simulator: options.simulator ?? {},
    })
    const given = await world.setUp(options.setup)
    return new Exploration(options, { resolved, world, chooser, given })
  }

  /** Plays schedules until one fails, or there are enough, or there is none left. */
  async search(): Promise<Found | undefined> {
    const picker = this.#picker
    const { schedulesMax, replay } = this.resolved
    const without = replay?.without ?? new Set<number>()
    const wavering = replay === undefined ? await this.#wavering() : undefined
    if (wavering !== undefined) return wavering
    while (this.#explored < schedulesMax) {
      if (!picker.begin()) {
        this.#isComplete = true
        break
      }
      const playing = this.player.play(picker, { without })
      const played = playing instanceof Promise ? await playing : playing
      if (played.refused !== undefined) throw played.refused
      this.#explored++
      const failing = this.failureOf(played)
      const failure = failing instanceof Promise ? await failing : failing
      picker.end(played.picks)
      if (failure !== undefined) {
        return { failure, schedule: { without, threads: [...played.picks] } }
      }
      if (this.#explored % SCHEDULES_PER_TURN === 0) await this.world.turn()
    }
    return undefined
  }

  /**
   * Plays the plainest schedule twice, one actor after the other: a program that goes two ways then
   * can't be explored, and had better be told so.
   */
  async #wavering(): Promise<Found | undefined> {
    const names = Object.keys(this.#options.actors)
    const traces: string[] = []
    let threads: readonly Thread[] = []
    for (let time = 0; time < 2; time++) {
      const listener = new TimelineRecorder(names, () => 0)
      const picker = new ReplayPicker([], { strict: true })
      const { failure, picks } = await this.playOne(picker, { listener })
      // Whatever is wrong here, some schedule will show it.
      if (failure?.kind === 'hang') return undefined
      traces.push(listener.trace)
      threads = picks
    }
    if (traces[0] === traces[1]) return undefined
    const summary = 'the program is not deterministic: one schedule went two ways'
    const failure: Failure = { kind: 'nondeterminism', summary, error: undefined }
    return { failure, schedule: { without: new Set(), threads } }
  }

  /** Plays one schedule by itself. */
  async playOne(picker: Picker, options?: PlayOptions): Promise<Retold> {
    picker.begin()
    const played = await this.player.play(picker, options)
    if (played.refused !== undefined) throw played.refused
    const picks = [...played.picks]
    return { failure: await this.failureOf(played), picks }
  }

  /** What is wrong with the schedule that was just played, if anything is. */
  failureOf(played: Played): Failure | undefined | Promise<Failure | undefined> {
    const ofActors = failureOfActors(played, this.#options)
    if (ofActors !== undefined) return ofActors
    if (this.judge?.holds() === false) {
      const { isolation } = this.#options
      return { kind: 'anomaly', summary: `the history is not ${isolation}`, error: undefined }
    }
    const { invariant } = this.#options
    return invariant === undefined ? undefined : this.#checkInvariant(played, invariant)
  }

  verdict(): Verdict | undefined {
    return this.judge?.verdict()
  }

  report(counterexample: ExploreReport['counterexample']): ExploreReport {
    const { strategy, seed } = this.resolved
    return {
      ok: counterexample === undefined,
      strategy,
      seed,
      explored: this.#explored,
      total: this.#isComplete ? this.#picker.total : undefined,
      complete: this.#isComplete,
      histories: this.judge?.histories ?? 0,
      bound: this.#picker.bound,
      counterexample,
    }
  }

  async close(): Promise<void> {
    await this.world.close()
  }

  #checkInvariant(
    { sim }: Played,
    invariant: NonNullable<ExploreOptions<Given>['invariant']>,
  ): Failure | undefined | Promise<Failure | undefined> {
    const broken = (error: unknown): Failure => {
      return { kind: 'invariant', summary: `the invariant broke: ${errorText(error)}`, error }
    }
    try {
      const asked = invariant(this.world.spareClient(sim), this.#given)
      return asked instanceof Promise ? asked.then(() => undefined, broken) : undefined
    } catch (error) {
      return broken(error)
    }
  }
}
