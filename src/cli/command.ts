import type { Terminal } from './terminal.ts'

/** An option as `node:util` parses it, with what `--help` says about it. */
export interface OptionDescriptor {
  readonly type: 'string' | 'boolean'
  /** How `--help` names the value of a string option. */
  readonly value?: string
  readonly help: string
  /** May be given several times; see `GivenOptions.texts`. */
  readonly multiple?: boolean
}

/** The options that were given. Booleans that were not are false, strings undefined. */
export interface GivenOptions {
  flag(name: string): boolean
  text(name: string): string | undefined
  /** All values of an option that may be given several times. */
  texts(name: string): readonly string[]
  /** Those that the command names, in its order. */
  readonly operands: readonly string[]
}

/** One subcommand. Each lives in a file of its own and is listed in `commands/table.ts`. */
export interface Command {
  /** One word or several, as typed: `bench retries`. */
  readonly name: string
  /** One line, for the list of commands. */
  readonly summary: string
  /** What `--help` of the command adds. */
  readonly help: string
  /** What follows the options by itself, as `--help` names it; all of it must be there. */
  readonly operands?: readonly string[]
  readonly options: Readonly<Record<string, OptionDescriptor>>
  /**
   * @returns the exit status: 0 when all is well
   * @throws UsageError for what the user should have typed differently
   */
  run(given: GivenOptions, terminal: Terminal): Promise<number>
}

/** What was typed makes no sense. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * The command was understood and could not be done, such as a file that can't be written. Status 1.
 */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
}
