import type { FixtureOptions } from '../options.ts'
import { type TestSave, TestSimulator } from '../test_simulator.ts'
import type { EnvironmentClass, TestEvent } from './types.ts'

/**
 * An environment over another one, with a simulator in it.
 *
 * The store is saved when a test starts, which is after the `beforeAll` hooks around it, and put
 * back when it is done, after its `afterEach` hooks. What the `beforeAll` of a `describe` block
 * wrote is there for the tests of that block, and gone after them.
 */
export function environmentOver(Base: EnvironmentClass, options: FixtureOptions): EnvironmentClass {
  return class extends Base {
    #simulator: TestSimulator | undefined
    /** How the store was when each of the blocks that we are inside of began. */
    readonly #blocks: TestSave[] = []

    override async setup(): Promise<void> {
      await super.setup()
      const simulator = await TestSimulator.open(options, this.global.process.env)
      simulator.sim.server.admitsUnnamedClients = true
      this.#simulator = simulator
      this.global['palimpsest'] = simulator
    }

    override async teardown(): Promise<void> {
      await this.#simulator?.close()
      await super.teardown()
    }

    override async handleTestEvent(event: TestEvent, state: unknown): Promise<void> {
      await super.handleTestEvent?.(event, state)
      const simulator = this.#simulator
      if (simulator === undefined) return
      switch (event.name) {
        case 'run_describe_start':
          if (isNested(event)) this.#blocks.push(await simulator.save())
          break
        case 'run_describe_finish':
          if (isNested(event)) await simulator.restore(this.#blocks.pop()!)
          break
        case 'test_started':
          await reporting(event.test, async () => {
            if (event.test.concurrent === true) throw new Error(CONCURRENT)
            await simulator.beginTest()
          })
          break
        case 'test_done':
          await reporting(event.test, () => simulator.endTest())
          break
      }
    }
  }
}

function isNested({ describeBlock }: { readonly describeBlock: { readonly parent?: unknown } }) {
  return describeBlock.parent !== undefined && describeBlock.parent !== null
}

/** What goes wrong on behalf of a test fails that test, and no more. */
async function reporting(
  { errors }: { readonly errors: unknown[] },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    errors.push(error)
  }
}

const CONCURRENT =
  'Tests that run concurrently would put back what the others write: palimpsest/jest runs the ' +
  'tests of a file one after the other, and files beside each other.'
