import type { PalimpsestClient } from '../client/index.ts'
import type { ListenOptions } from '../listening.ts'
import type { SimulatorOptions } from '../palimpsest.ts'

/** What a test file asks of its simulator. */
export interface FixtureOptions extends SimulatorOptions {
  /** Whether real drivers may connect, and where. Default: no; a free port of 127.0.0.1. */
  readonly listen?: boolean | ListenOptions
  /**
   * Environment variables that hold the connection string while the tests run, for applications
   * that read it there. Naming any means `listen`.
   */
  readonly env?: string | readonly string[]
  /** The database that the connection string names. Default: none. */
  readonly database?: string
  /**
   * Writes what every test of the file finds. It runs once, before the first test, with the
   * in-process client.
   */
  readonly seedWith?: (client: PalimpsestClient) => Promise<unknown>
  /**
   * Whether collections and indexes that a test made stay, without their documents. Default: while
   * Mongoose is connected, which makes them once for each model and never looks again.
   */
  readonly keepSchema?: boolean
  /**
   * How many real milliseconds the operations that a test left under way may take to end. Those
   * that do not are killed, and the test fails. Default: 1000.
   */
  readonly settleMs?: number
}

/** The options apart: of the simulator, of the place where it listens, of the fixture itself. */
export interface ResolvedOptions {
  readonly simulator: SimulatorOptions
  readonly listen: ListenOptions | undefined
  readonly env: readonly string[]
  readonly database: string
  readonly seedWith: ((client: PalimpsestClient) => Promise<unknown>) | undefined
  readonly keepSchema: boolean | undefined
  readonly settleMs: number
}

const SETTLE_MS_DEFAULT = 1_000

/**
 * Time is `auto` in process, as `Palimpsest.create` has it, and `real` where drivers connect, as
 * `Palimpsest.serve` has it: nobody knows what a program is about to send.
 *
 * @throws TypeError, RangeError for options that make no sense
 */
export function resolveOptions(options: FixtureOptions): ResolvedOptions {
  const { listen, env = [], database = '', seedWith, keepSchema, settleMs, ...rest } = options
  const names = typeof env === 'string' ? [env] : env
  if (listen === false && names.length > 0) {
    throw new TypeError(`${names.join(', ')} can hold no connection string with listen: false`)
  }
  const listens = names.length > 0 || (listen !== undefined && listen !== false)
  const patienceMs = settleMs ?? SETTLE_MS_DEFAULT
  if (!(patienceMs >= 0 && Number.isFinite(patienceMs))) {
    throw new RangeError(`settleMs is a time in milliseconds, not ${patienceMs}`)
  }
  return {
    simulator: { time: listens ? 'real' : 'auto', ...rest },
    listen: listens ? (typeof listen === 'object' ? listen : {}) : undefined,
    env: names,
    database,
    seedWith,
    keepSchema,
    settleMs: patienceMs,
  }
}
