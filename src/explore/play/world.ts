import { createClient, type PalimpsestClient, type Transport } from '../../client/index.ts'
import { Palimpsest, type SimulatorSave } from '../../palimpsest.ts'
import type { ExploredSimulatorOptions } from '../options.ts'
import type { Chooser } from './chooser.ts'
import { Observers } from './observers.ts'

/** Virtual time begins here, so that a program that reads it does the same in every process. */
const START_AT = Date.UTC(2026, 0, 1)

export interface WorldOptions {
  readonly seed: number
  readonly chooser: Chooser
  /** Whether a write that meets an open transaction waits for its end. */
  readonly waitForHolder: boolean
  readonly simulator: ExploredSimulatorOptions
}

/**
 * The simulators that one exploration runs on. The first one is set up and then left alone;
 * schedules are played on a fork of it, which is rewound after each of them: that costs only what
 * was changed. Where virtual time has moved it can't be rewound, and another fork takes its place.
 */
export class World {
  readonly observers: Observers
  readonly #options: WorldOptions
  readonly #base: Palimpsest
  #current: Palimpsest | undefined
  #save: SimulatorSave | undefined
  #forks = 0
  #spare: { readonly sim: Palimpsest; readonly transport: Transport } | undefined

  private constructor(options: WorldOptions, base: Palimpsest) {
    this.#options = options
    this.#base = base
    this.observers = new Observers()
  }

  static async create(options: WorldOptions): Promise<World> {
    const { seed, chooser, simulator } = options
    const base = await Palimpsest.create({
      startAt: START_AT,
      ...simulator,
      time: 'auto',
      strategy: chooser,
      seed,
    })
    return new World(options, base)
  }

  /** Runs the program's own setup, before any schedule. */
  async setUp<Given>(setup: ((client: PalimpsestClient) => Promise<Given> | Given) | undefined) {
    const client = this.#base.client()
    const given = (await setup?.(client)) as Given
    await client.close()
    this.#settle(this.#base)
    return given
  }

  /** The simulator to play the next schedule on, as it was after the setup. */
  fresh(): Palimpsest {
    const current = this.#current
    if (current !== undefined && this.#save !== undefined && current.rewind(this.#save)) {
      return current
    }
    if (current !== undefined) void current.stop()
    const fork = this.#base.fork()
    this.#forks++
    this.#settle(fork)
    const { services } = fork.server
    services.hooks.waitForHolder = this.#options.waitForHolder
    this.observers.attach(services)
    this.#save = fork.save()
    this.#current = fork
    return fork
  }

  /**
   * A schedule went wrong in a way that leaves something under way: never use its simulator again.
   */
  discard(): void {
    const current = this.#current
    this.#current = undefined
    if (current !== undefined) void current.stop()
  }

  /** A client for whoever looks at a simulator after a schedule. */
  spareClient(sim: Palimpsest): PalimpsestClient {
    if (this.#spare?.sim !== sim) this.#spare = { sim, transport: sim.server.transport() }
    return clientOf(sim, this.#spare.transport)
  }

  /** Lets the event loop go on. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.#base.clock.afterTurn(resolve))
  }

  /** How many simulators schedules were played on. */
  get forks(): number {
    return this.#forks
  }

  async close(): Promise<void> {
    this.discard()
    await this.#base.stop()
  }

  /** The server's own jobs take their first steps, up to where they sleep. */
  #settle(sim: Palimpsest): void {
    sim.server.services.scheduler.runToEnd()
  }
}

/** A client with promises, over a way of its own to the simulator. */
export function clientOf(sim: Palimpsest, transport: Transport): PalimpsestClient {
  return createClient({ transport, clock: sim.clock, random: sim.random })
}
