/**
 * The parts of Jest's own types that an environment touches. Jest is not among our packages: who
 * uses this module has it.
 */

export interface EnvironmentConfig {
  readonly projectConfig: {
    readonly rootDir: string
    readonly testEnvironmentOptions: Readonly<Record<string, unknown>>
  }
}

/** Which test file it is for, and the like; passed on as it came. */
export type EnvironmentContext = Readonly<Record<string, unknown>>

export interface JestEnvironment {
  /** The global object of the realm that the test file runs in. */
  readonly global: Record<string, unknown> & {
    readonly process: { readonly env: Record<string, string | undefined> }
  }
  setup(): Promise<void>
  teardown(): Promise<void>
  /** What jest-circus, the runner of tests, tells as it goes; awaited. */
  handleTestEvent?(event: TestEvent, state: unknown): Promise<void> | void
}

export type EnvironmentClass = new (
  config: EnvironmentConfig,
  context: EnvironmentContext,
) => JestEnvironment

export type TestEvent =
  | {
      readonly name: 'run_describe_start' | 'run_describe_finish'
      /** The block of a whole file has no parent. */
      readonly describeBlock: { readonly parent?: unknown }
    }
  | {
      /** The first comes for tests that are not skipped, ahead of their hooks. */
      readonly name: 'test_started' | 'test_done'
      readonly test: { readonly concurrent?: boolean; readonly errors: unknown[] }
    }
  /** Others, which do not concern us. */
  | { readonly name: '' }
