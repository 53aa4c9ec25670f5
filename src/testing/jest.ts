/**
 * # palimpsest/jest
 *
 * A test environment for Jest, from 29 on: `testEnvironment: 'palimpsest/jest'`. Each test file has
 * a simulator of its own, and each test a fresh store; no test file changes.
 *
 * - `process.env.MONGODB_URI` holds the connection string from the first line of the file on;
 * - the global `palimpsest` is the fixture: `palimpsest.sim`, `.client`, `.uri`, `.reset()`;
 * - a test finds what the `beforeAll` hooks around it wrote, and nothing that other tests wrote.
 *
 * An environment, and neither a set-up file nor functions to import, because Jest runs test files
 * in a realm of its own that can't load ES modules without flags. An environment is loaded outside
 * of it, by Node.js: so this works for plain CommonJS suites, and the simulator runs on real timers
 * whatever `jest.useFakeTimers` does within.
 *
 * Options are in `testEnvironmentOptions.palimpsest`, or in a file's own docblock
 * (`@jest-environment-options {"palimpsest": {"time": "auto"}}`): those of `usePalimpsest` that are
 * JSON, and `environment`, the environment that this one builds on: `node` unless you say `jsdom`.
 */
import { environmentOver } from './jest/environment.ts'
import { loadEnvironment } from './jest/load_environment.ts'
import { jestOptions } from './jest/options.ts'
import type { EnvironmentConfig, EnvironmentContext, JestEnvironment } from './jest/types.ts'

export type { JestOptions } from './jest/options.ts'
export type { FixtureOptions } from './options.ts'
export type { PalimpsestFixture } from './test_simulator.ts'

/**
 * Which environment to build on is known only when the options are: so `new` gives an instance of a
 * class that is made then.
 *
 * @throws TypeError for options that make no sense; Error where the environment is not installed
 */
function PalimpsestEnvironment(
  config: EnvironmentConfig,
  context: EnvironmentContext,
): JestEnvironment {
  const { testEnvironmentOptions, rootDir } = config.projectConfig
  const { environment, fixture } = jestOptions(testEnvironmentOptions['palimpsest'])
  const Environment = environmentOver(loadEnvironment(environment, rootDir), fixture)
  return new Environment(config, context)
}

// biome-ignore lint/style/noDefaultExport: Jest takes an environment by this name.
export { PalimpsestEnvironment as default }
