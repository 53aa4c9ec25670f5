import type { PalimpsestClient } from '../client/index.ts'
import type { ParameterOptions } from '../engine/index.ts'
import { Palimpsest, type SimulatorSave } from '../palimpsest.ts'
import { type FixtureOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import {
  activityOf,
  endTransactions,
  killOperations,
  letArrive,
  untilIdle,
  untilQuiet,
} from './rest.ts'
import { isMongooseConnected, makeAgain, schemaOf } from './schema.ts'

/** What a test file works with. */
export interface PalimpsestFixture {
  readonly sim: Palimpsest
  /** The in-process client. */
  readonly client: PalimpsestClient
  /** The connection string for real drivers. @throws Error unless it listens */
  readonly uri: string
  /** The connection string, with a database in it. @throws Error unless it listens */
  getUri(database?: string): string
  /**
   * Back to how the store was when the test began, in the middle of it: for those who run one body
   * many times over, such as properties.
   */
  reset(): Promise<void>
}

/** A moment that a file's simulator can go back to. */
export interface TestSave {
  readonly store: SimulatorSave
  readonly parameters: ParameterOptions
}

/** Where environment variables are: `process.env`, or that of a runner's own realm. */
export type Environment = Record<string, string | undefined>

/**
 * The simulator of one test file: opened and seeded before its tests, put back between them.
 */
export class TestSimulator implements PalimpsestFixture {
  readonly sim: Palimpsest
  readonly client: PalimpsestClient
  readonly #options: ResolvedOptions
  readonly #environment: Environment
  /** What the environment variables held before. */
  readonly #before = new Map<string, string | undefined>()
  /** The activity of clients when they were last known to be done. */
  #atRest = ''
  /** How the store was when the test under way began. */
  #start: TestSave | undefined

  private constructor(sim: Palimpsest, options: ResolvedOptions, environment: Environment) {
    this.sim = sim
    this.client = sim.client()
    this.#options = options
    this.#environment = environment
  }

  /** @throws what `Palimpsest.create`, `listen` and `seedWith` do, and for bad options */
  static async open(options: FixtureOptions, environment: Environment): Promise<TestSimulator> {
    const resolved = resolveOptions(options)
    const sim = await Palimpsest.create(resolved.simulator)
    const opened = new TestSimulator(sim, resolved, environment)
    try {
      if (resolved.listen !== undefined) await sim.listen(resolved.listen)
      await resolved.seedWith?.(opened.client)
    } catch (error) {
      await sim.stop()
      throw error
    }
    for (const name of resolved.env) {
      opened.#before.set(name, environment[name])
      environment[name] = opened.uri
    }
    opened.#atRest = activityOf(sim)
    return opened
  }

  get uri(): string {
    return this.getUri(this.#options.database)
  }

  getUri(database: string = this.#options.database): string {
    if (this.#options.listen !== undefined) return this.sim.getUri(database)
    throw new Error('No driver can connect: the fixture was made without { listen: true }.')
  }

  /**
   * Saves the store once clients have done what they were about: indexes that Mongoose makes when
   * it has connected belong to what each test finds.
   *
   * @throws ServerError 117 where a transaction, or an operation, does not end
   */
  async save(): Promise<TestSave> {
    const { sim } = this
    const { settleMs, listen } = this.#options
    if (listen !== undefined && activityOf(sim) !== this.#atRest) await untilQuiet(sim, settleMs)
    await untilIdle(sim, settleMs)
    const save = { store: sim.save(), parameters: sim.server.services.parameters.all() }
    this.#atRest = activityOf(sim)
    return save
  }

  /**
   * Back to a save. What clients left open ends: transactions, cursors; fail points are off, and
   * server parameters have their values again.
   *
   * @throws Error that names operations which would not end; the store is restored all the same
   */
  async restore(save: TestSave): Promise<void> {
    const { sim, client } = this
    const { settleMs, listen, keepSchema = isMongooseConnected(sim) } = this.#options
    const { services } = sim.server
    if (listen !== undefined) {
      await letArrive(sim)
      if (services.openTransactions.size > 0) await untilQuiet(sim, settleMs)
    }
    sim.server.failPoints.turnOff()
    sim.faults.clear()
    endTransactions(sim)
    const isIdle = await untilIdle(sim, settleMs)
    const killed = isIdle ? [] : await killOperations(sim)
    const schema = keepSchema ? schemaOf(sim) : []
    sim.restore(save.store)
    for (const [name, value] of Object.entries(save.parameters)) {
      const parameter = name as keyof ParameterOptions
      if (services.parameters.get(parameter) !== value) services.parameters.set(parameter, value)
    }
    await makeAgain(schema, sim, client)
    this.#atRest = activityOf(sim)
    if (killed.length > 0) throw new Error(leftBehind(killed))
  }

  /** Called before each test, ahead of its own set-up. */
  async beginTest(): Promise<void> {
    this.#start = await this.save()
  }

  /** Called after each test, behind its own tear-down. */
  async endTest(): Promise<void> {
    const start = this.#start
    this.#start = undefined
    if (start !== undefined) await this.restore(start)
  }

  async reset(): Promise<void> {
    if (this.#start === undefined) throw new Error('reset() is for use within a test.')
    await this.restore(this.#start)
  }

  async close(): Promise<void> {
    for (const [name, value] of this.#before) {
      if (value === undefined) delete this.#environment[name]
      else this.#environment[name] = value
    }
    await this.sim.stop()
  }
}

function leftBehind(operations: readonly string[]): string {
  const one = operations.length === 1
  return (
    `The test ended while ${one ? 'an operation was' : 'operations were'} still under way: ` +
    `${operations.join(', ')}. ${one ? 'It was' : 'They were'} killed. ` +
    'Await what a test begins, end the transaction it waits for, or move a manual clock on.'
  )
}
