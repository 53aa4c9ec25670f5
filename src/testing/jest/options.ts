import { type FixtureOptions, resolveOptions } from '../options.ts'

/** What `testEnvironmentOptions.palimpsest` may hold. */
export interface JestOptions extends Omit<FixtureOptions, 'seedWith'> {
  /** The environment to build on: `node`, `jsdom`, or a module. Default: `node`. */
  readonly environment?: string
}

export interface ResolvedJestOptions {
  readonly environment: string
  readonly fixture: FixtureOptions
}

/** @throws TypeError, RangeError for options that make no sense */
export function jestOptions(given: unknown): ResolvedJestOptions {
  if (given !== undefined && (typeof given !== 'object' || given === null)) {
    throw new TypeError('testEnvironmentOptions.palimpsest is an object of options')
  }
  const { environment = 'node', ...options }: JestOptions = given ?? {}
  if ('seedWith' in options) {
    throw new TypeError(
      'Jest hands its configuration to other processes, as text: there is no seedWith; write what ' +
        'tests should find in beforeAll',
    )
  }
  const fixture = options.listen === false ? options : { env: 'MONGODB_URI', ...options }
  resolveOptions(fixture)
  return { environment, fixture }
}
