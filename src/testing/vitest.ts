/**
 * # palimpsest/vitest
 *
 * A simulator for each test file, and a fresh store for each test. Three ways, from the one that
 * asks nothing of a suite to the one that gives the most:
 *
 * - `setupFiles: ['palimpsest/vitest/setup']` for suites that read `process.env.MONGODB_URI`: no
 *   test file changes;
 * - `const db = usePalimpsest({ ... })` at the top of a test file: one simulator for the file, put
 *   back after each test to what `beforeAll` hooks and `seedWith` wrote;
 * - `test` of this module, or `palimpsestTest({ ... })`: a simulator of its own for each test that
 *   asks for one, also where tests run concurrently.
 *
 * This is the only module of the package that needs vitest, from 4.1 on.
 */
import {
  afterAll,
  beforeAll,
  beforeEach,
  type RunnerTestSuite,
  type TestAPI,
  TestRunner,
  test as vitestTest,
} from 'vitest'
import type { PalimpsestClient } from '../client/index.ts'
import type { Palimpsest } from '../palimpsest.ts'
import { type FixtureOptions, resolveOptions } from './options.ts'
import { type PalimpsestFixture, TestSimulator } from './test_simulator.ts'

export type { FixtureOptions } from './options.ts'
export type { PalimpsestFixture } from './test_simulator.ts'

/** What `usePalimpsest` answers: there from `beforeAll` on, or once `ready` has resolved. */
export interface FilePalimpsest extends PalimpsestFixture {
  /** Opens the simulator now, for code at the top of a module: `const { uri } = await db.ready`. */
  readonly ready: Promise<PalimpsestFixture>
}

/**
 * Gives the test file that calls it, or the suite, a simulator of its own. Before the first test
 * it opens and is seeded; after the last it stops. Each test finds what the `beforeAll` hooks
 * around it wrote, and nothing that other tests wrote; those of a `describe` block are undone
 * behind it. Call it at the top, before hooks of the file's own: they run when it is there.
 *
 *     const db = usePalimpsest({ listen: true })
 *     beforeAll(() => mongoose.connect(db.uri))
 *     afterAll(() => mongoose.disconnect())
 *
 * Time is `auto` unless you say otherwise; with `listen` it is `real`.
 *
 * @throws TypeError, RangeError for options that make no sense
 */
export function usePalimpsest(options: FixtureOptions = {}): FilePalimpsest {
  resolveOptions(options)
  const file = new FileHandle(options)
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names that a hook needs.
  beforeAll(async ({}, suite) => {
    await file.ready
    undoBehindBlocks(suite, file)
  })
  beforeEach(async ({ task, onTestFinished }) => {
    if (task.concurrent === true) throw new Error(CONCURRENT)
    await file.opened.beginTest()
    // Behind every afterEach hook, in whichever order a suite has those run.
    onTestFinished(() => file.opened.endTest())
  })
  afterAll(() => file.close())
  return file
}

/**
 * Has each block of a suite begin with a save, ahead of its own `beforeAll` hooks, and end with a
 * restore, behind its `afterAll` hooks.
 */
function undoBehindBlocks({ tasks }: Pick<RunnerTestSuite, 'tasks'>, file: FileHandle): void {
  for (const task of tasks) {
    if (task.type !== 'suite') continue
    TestRunner.getSuiteHooks(task).beforeAll.unshift(async () => {
      const { opened } = file
      const save = await opened.save()
      return () => opened.restore(save)
    })
    undoBehindBlocks(task, file)
  }
}

/** What a test of `palimpsestTest` may ask for. */
export interface PalimpsestTestContext {
  /** A simulator of the test's own. */
  readonly sim: Palimpsest
  /** Its in-process client. */
  readonly client: PalimpsestClient
  /** A connection string to it; asking for one makes it listen. */
  readonly uri: string
}

/**
 * vitest's `test`, whose tests may ask for `{ sim, client, uri }`. The simulator of a test is a
 * fork of one that was opened and seeded once for the file, so tests may run concurrently, and
 * chance is the same for each of them, whoever ran before. Time is `auto` unless you say otherwise.
 *
 * @throws TypeError, RangeError for options that make no sense
 */
export function palimpsestTest(options: FixtureOptions = {}): TestAPI<PalimpsestTestContext> {
  const { listen = false, database = '', env, ...rest } = options
  if (env !== undefined) {
    throw new TypeError('env is for usePalimpsest: tests that run side by side share a process')
  }
  const place = typeof listen === 'object' ? listen : {}
  const inProcess = { time: 'auto', ...rest, listen: false } as const
  resolveOptions(inProcess)
  return vitestTest.extend<PalimpsestTestContext & { palimpsestOfFile: TestSimulator }>({
    palimpsestOfFile: [
      // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names that a fixture needs.
      async ({}, use) => {
        const opened = await TestSimulator.open(inProcess, process.env)
        await use(opened)
        await opened.close()
      },
      { scope: 'file' },
    ],
    sim: async ({ palimpsestOfFile }, use) => {
      const sim = palimpsestOfFile.sim.fork()
      await use(sim)
      await sim.stop()
    },
    client: async ({ sim }, use) => use(sim.client()),
    uri: async ({ sim }, use) => {
      await sim.listen(place)
      await use(sim.getUri(database))
    },
  })
}

/** `palimpsestTest()`: a simulator as `Palimpsest.create()` makes it, empty, for each test. */
export const test: TestAPI<PalimpsestTestContext> = palimpsestTest()
export { test as it }

/** The simulator of a file, before and after it is there. */
class FileHandle implements FilePalimpsest {
  readonly #options: FixtureOptions
  #opening: Promise<TestSimulator> | undefined
  #opened: TestSimulator | undefined

  constructor(options: FixtureOptions) {
    this.#options = options
  }

  get ready(): Promise<PalimpsestFixture> {
    this.#opening ??= TestSimulator.open(this.#options, process.env).then((opened) => {
      this.#opened = opened
      return opened
    })
    return this.#opening
  }

  /** @throws Error before `beforeAll` */
  get opened(): TestSimulator {
    if (this.#opened === undefined) throw new Error(TOO_EARLY)
    return this.#opened
  }

  get sim(): Palimpsest {
    return this.opened.sim
  }

  get client(): PalimpsestClient {
    return this.opened.client
  }

  get uri(): string {
    return this.opened.uri
  }

  getUri(database?: string): string {
    return this.opened.getUri(database)
  }

  reset(): Promise<void> {
    return this.opened.reset()
  }

  async close(): Promise<void> {
    await this.#opened?.close()
  }
}

const TOO_EARLY =
  'The simulator of this file is opened in beforeAll: use it in hooks and tests, or await ' +
  'db.ready where a module needs it at its top.'

const CONCURRENT =
  'Tests that run concurrently would put back what the others write: let each have a simulator of ' +
  "its own, with test from 'palimpsest/vitest' in place of vitest's."
