import { longNameOf, type MongodOptionName, optionNamed } from './options.ts'

/** What was typed makes no sense; the message is the whole of what `mongod` prints. */
export class MongodUsageError extends Error {
  override readonly name = 'MongodUsageError'
}

/** Options by name, with their values in the order given; a flag has an empty list. */
export type GivenArguments = ReadonlyMap<MongodOptionName, readonly string[]>

/**
 * Reads a command line as `mongod` does: `--name value`, `--name=value`, `-h`, `-vvv`.
 *
 * @throws MongodUsageError with the wording of `mongod`, which is that of Boost's program_options
 */
export function parseArguments(args: readonly string[]): GivenArguments {
  const given = new Map<MongodOptionName, string[]>()
  for (let at = 0; at < args.length; ) {
    const { name, inline } = nameOf(args[at]!)
    at++
    const option = optionNamed(name)
    if (option === undefined) throw parseError(`unrecognised option '--${name}'`)
    if (option.refused !== undefined) {
      throw parseError(`palimpsest-mongod has no '--${name}': ${option.refused}`)
    }
    const known = given.get(name as MongodOptionName)
    if (known !== undefined && !('repeats' in option) && name !== 'verbose') {
      throw parseError(`Multiple occurrences of option "--${name}"`)
    }
    const values = known ?? []
    given.set(name as MongodOptionName, values)
    if (name === 'verbose') continue
    if (option.value === undefined) {
      if (inline !== undefined) throw parseError(`option '--${name}' does not take any arguments`)
      continue
    }
    const value = inline ?? args[at++]
    if (value === undefined || (inline === undefined && optionLike(value))) {
      throw parseError(`the required argument for option '--${name}' is missing`)
    }
    values.push(value)
  }
  return given
}

export function parseError(message: string): MongodUsageError {
  return new MongodUsageError(
    `Error parsing command line: ${message}\ntry 'mongod --help' for more information`,
  )
}

interface Named {
  readonly name: string
  readonly inline: string | undefined
}

function nameOf(argument: string): Named {
  const [, long, inline] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(argument) ?? []
  if (long !== undefined) return { name: long, inline }
  if (/^-v+$/.test(argument)) return { name: 'verbose', inline: undefined }
  const [, letter = '', glued] = /^-([A-Za-z])([\s\S]+)?$/.exec(argument) ?? []
  const name = longNameOf(letter)
  if (name !== undefined) return { name, inline: glued }
  if (letter !== '') throw parseError(`unrecognised option '${argument}'`)
  throw parseError('too many positional options have been specified on the command line')
}

function optionLike(value: string): boolean {
  return /^--[A-Za-z]/.test(value)
}
