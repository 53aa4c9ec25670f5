import type { ClientSession, Collection, Db, PalimpsestClient } from '../../client/index.ts'
import { Palimpsest, type SimulatorOptions } from '../../palimpsest.ts'
import { Narrator } from './narrator.ts'
import type { Actor, Story } from './story.ts'
import { timelineOf } from './timeline.ts'

/** What every story begins with, so that its text is always the same. */
export const DEMO_SEED = 1
export const DEMO_START: Date = new Date('2025-07-23T17:00:00Z')

/** One story's play: its name, who is in it, and what they do on the stage. */
export interface Script {
  readonly id: string
  readonly title: string
  readonly about: string
  readonly actors: readonly Actor[]
  /** @returns the figures that came out */
  play(stage: Stage): Promise<Story['figures']>
}

/** A simulator with a narrator beside it. */
export class Stage {
  readonly sim: Palimpsest
  readonly client: PalimpsestClient
  readonly narrator: Narrator
  readonly #owners = new Map<string, string>()

  constructor(sim: Palimpsest) {
    this.sim = sim
    this.client = sim.client()
    this.narrator = new Narrator(sim)
  }

  get db(): Db {
    return this.client.db('test')
  }

  collection(name: string): Collection {
    return this.db.collection(name)
  }

  /** A session whose transactions belong to this actor. */
  startSession(who: string): ClientSession {
    const session = this.client.startSession()
    this.#owners.set(session.id.id.toUUID().toHexString(), who)
    return session
  }

  /** How long the server lets a transaction live. */
  async lifetimeMs(): Promise<number> {
    const name = 'transactionLifetimeLimitSeconds'
    const reply = await this.client.db('admin').command({ getParameter: 1, [name]: 1 })
    return Number(reply[name]) * 1000
  }

  get owners(): ReadonlyMap<string, string> {
    return this.#owners
  }
}

/** Plays a story from beginning to end, in virtual time. */
export async function play(script: Script, options: SimulatorOptions = {}): Promise<Story> {
  const sim = await Palimpsest.create({
    time: 'auto',
    startAt: DEMO_START,
    seed: DEMO_SEED,
    trace: true,
    ...options,
  })
  const stage = new Stage(sim)
  const figures = await script.play(stage)
  const { narrator, owners } = stage
  const { id, title, about, actors } = script
  const timeline = timelineOf({
    actors,
    statements: narrator.statements,
    events: sim.trace?.events ?? [],
    owners,
    lifetimeMs: await stage.lifetimeMs(),
    endMs: narrator.nowMs,
  })
  await sim.stop()
  return { id, title, about, actors, steps: narrator.steps, timeline, figures }
}
