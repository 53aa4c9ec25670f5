import { createOperationClient } from '../../client/index.ts'
import type { Palimpsest } from '../../palimpsest.ts'
import { machineSleep, type Operation } from '../../sim/index.ts'
import type { HistoryRecorder } from '../history/recorder.ts'
import type { ActorTools, ExploreOptions } from '../options.ts'
import type { Thread } from '../schedule_text.ts'
import type { Picker } from '../strategies/picker.ts'
import { ActorRun } from './actor_run.ts'
import type { Chooser, StepListener } from './chooser.ts'
import { isGenerator, isGeneratorFunction } from './generators.ts'
import { ActorTransports, type StatementListener, statementText } from './transports.ts'
import { clientOf, type World } from './world.ts'

/** What became of one schedule; valid until the next one is played. */
export interface Played {
  readonly actors: readonly ActorRun[]
  /** Who went, step by step. */
  readonly picks: readonly Thread[]
  /** Set where it did not come to its end: what whoever is stuck waits for. */
  readonly stuck: string | undefined
  /** What a picker threw: a schedule that does not fit. */
  readonly refused: unknown
  /** The simulator as the schedule left it. */
  readonly sim: Palimpsest
}

/** Hears of a schedule while it is played. */
export type PlayListener = StepListener & StatementListener

export interface PlayOptions {
  /** Actors that take no part, by number. */
  readonly without?: ReadonlySet<number>
  readonly listener?: PlayListener | undefined
}

const NOBODY: ReadonlySet<number> = new Set()

/** How often a program with promises is looked at, whether it still moves. */
const LOOK_EVERY_MS = 50

export interface PlayerParts<Given> {
  readonly world: World
  readonly chooser: Chooser
  readonly options: ExploreOptions<Given>
  readonly given: Given
  readonly history: HistoryRecorder | undefined
}

/** Plays schedules of one program, one after the other. */
export class Player<Given> implements StepListener, StatementListener {
  readonly #parts: PlayerParts<Given>
  readonly #actors: readonly ActorRun[]
  readonly #transports: ActorTransports
  /** Whether an actor has promises; then schedules take turns of the event loop. */
  readonly hasPromises: boolean
  #listener: PlayListener | undefined = undefined
  /** Steps and statements so far: while it grows, nobody is stuck. */
  #moves = 0
  #plays = 0

  constructor(parts: PlayerParts<Given>) {
    this.#parts = parts
    const { actors } = parts.options
    this.#actors = Object.entries(actors).map(
      ([name, body], index) => new ActorRun(index, name, isGeneratorFunction(body)),
    )
    this.#transports = new ActorTransports(this)
    this.hasPromises = this.#actors.some(({ isDriven }) => !isDriven)
  }

  get actorNumbers(): readonly number[] {
    return this.#actors.map(({ index }) => index)
  }

  /** Plays one schedule: at once where all actors are generators. */
  play(picker: Picker, { without = NOBODY, listener }: PlayOptions = {}): Played | Promise<Played> {
    const { world, chooser, history } = this.#parts
    const sim = world.fresh()
    const { scheduler } = sim.server.services
    this.#listener = listener
    this.#plays++
    history?.begin()
    world.observers.footprints?.begin()
    for (const actor of this.#actors) actor.reset()
    const promises: Promise<void>[] = []
    const operations: Operation<void>[] = []
    const begun: ActorRun[] = []
    for (const actor of this.#actors) {
      if (without.has(actor.index)) {
        actor.isDone = true
        continue
      }
      const running = this.#start(sim, actor)
      if (running === undefined) continue
      if (running instanceof Promise) promises.push(running)
      else {
        operations.push(running)
        begun.push(actor)
      }
    }
    chooser.begin(picker, operations.length)
    chooser.listener = this
    for (const [at, operation] of operations.entries()) {
      const actor = begun[at]!
      scheduler.start(actor.name, operation, (error) => actor.fail(error), actor)
    }
    if (promises.length > 0) return this.#finishLater(sim, promises)
    scheduler.runToEnd()
    return this.#finish(sim, this.#describeStuck())
  }

  step(thread: Thread, actor: ActorRun | undefined, at: number): void {
    this.#moves++
    const { history, world } = this.#parts
    if (history !== undefined) history.actor = actor
    if (at >= 0) world.observers.footprints?.step(thread, actor === undefined)
    this.#listener?.step(thread, actor, at)
  }

  sent(actor: ActorRun, command: Parameters<StatementListener['sent']>[1]): void {
    this.#moves++
    this.#listener?.sent(actor, command)
  }

  answered(actor: ActorRun, reply: Parameters<StatementListener['answered']>[1]): void {
    this.#moves++
    this.#listener?.answered(actor, reply)
  }

  #start(sim: Palimpsest, actor: ActorRun): Operation<void> | Promise<void> | undefined {
    const { options, given } = this.#parts
    const body = options.actors[actor.name] as (
      client: unknown,
      given: Given,
      tools: ActorTools,
    ) => unknown
    const tools: ActorTools = { name: actor.name, clock: sim.clock }
    try {
      const transport = this.#transports.of(sim, actor)
      const begun = actor.isDriven
        ? body(
            createOperationClient({ transport, clock: sim.clock, random: sim.random }),
            given,
            tools,
          )
        : body(clientOf(sim, transport), given, tools)
      if (isGenerator(begun)) return finishing(begun, actor)
      return this.#follow(actor, Promise.resolve(begun))
    } catch (error) {
      actor.fail(error)
      return undefined
    }
  }

  #follow(actor: ActorRun, promise: Promise<unknown>): Promise<void> {
    const play = this.#plays
    return promise.then(
      () => {
        if (play !== this.#plays) return
        this.#moves++
        actor.isDone = true
      },
      (error: unknown) => {
        if (play !== this.#plays) return
        this.#moves++
        actor.fail(error)
      },
    )
  }

  async #finishLater(sim: Palimpsest, promises: readonly Promise<void>[]): Promise<Played> {
    const { scheduler } = sim.server.services
    scheduler.drain()
    const play = this.#plays
    const all = Promise.all(promises).then(() => true)
    const ended = await Promise.race([all, this.#untilStill(play)])
    // Generators beside them may have more to do.
    if (ended) scheduler.runToEnd()
    this.#plays++
    return this.#finish(sim, ended ? this.#describeStuck() : this.#describeHang())
  }

  /** Resolves when nothing has moved for so long that it never will. */
  async #untilStill(play: number): Promise<false> {
    const { hangAfterMs = 1_000 } = this.#parts.options
    let seen = -1
    let stillMs = 0
    while (play === this.#plays) {
      await machineSleep(LOOK_EVERY_MS)
      stillMs = this.#moves === seen ? stillMs + LOOK_EVERY_MS : 0
      seen = this.#moves
      if (stillMs >= hangAfterMs) break
    }
    return false
  }

  #finish(sim: Palimpsest, stuck: string | undefined): Played {
    const { chooser, history, world } = this.#parts
    const { refused } = chooser
    chooser.end()
    history?.finish()
    world.observers.footprints?.end()
    if (stuck !== undefined || refused !== undefined) world.discard()
    return { actors: this.#actors, picks: chooser.picks, stuck, refused, sim }
  }

  #describeStuck(): string | undefined {
    const stuck = this.#actors.filter(({ isDone }) => !isDone)
    if (stuck.length === 0) return undefined
    return stuck.map((actor) => `${actor.name} waits for ever, ${whereOf(actor)}`).join('; ')
  }

  #describeHang(): string {
    return this.#actors
      .filter(({ isDone }) => !isDone)
      .map((actor) => `${actor.name} awaits something outside of the simulator, ${whereOf(actor)}`)
      .join('; ')
  }
}

function whereOf({ lastStatement }: ActorRun): string {
  return lastStatement === undefined
    ? 'before its first statement'
    : `after ${statementText(lastStatement)}`
}

function* finishing(operation: Operation<unknown>, actor: ActorRun): Operation<void> {
  yield* operation
  actor.isDone = true
}
