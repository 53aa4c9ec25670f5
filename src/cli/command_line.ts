/**
 * # cli: the command line
 *
 * `palimpsest COMMAND [OPTIONS]`. A command is a descriptor (`command.ts`) in a file of its own
 * below `commands/`; this file finds it, parses its options and turns what happens into an exit
 * status: 0 done, 1 could not be done, 2 typed wrong.
 *
 * The commands here play simulators and tell what happened: `story/` and `stories/` make the data
 * of the demonstration, `demo/` renders it; `retries/` measures and draws. May import every floor;
 * nobody imports it.
 */
import { parseArgs } from 'node:util'
import { type Command, CommandFailure, type GivenOptions, UsageError } from './command.ts'
import { COMMANDS } from './commands/table.ts'
import { commandHelp, generalHelp } from './help.ts'
import type { Terminal } from './terminal.ts'
import { packageVersion } from './version.ts'

/**
 * @param args what follows the program's name
 * @returns the exit status
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(args, terminal)
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.complain(`palimpsest: ${error.message}`)
      return 2
    }
    if (error instanceof CommandFailure) {
      terminal.complain(`palimpsest: ${error.message}`)
      return 1
    }
    throw error
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first] = args
  if (first === undefined) {
    terminal.complain(generalHelp(COMMANDS))
    return 2
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    terminal.print(`${generalHelp(COMMANDS)}\n`)
    return 0
  }
  if (first === '--version' || first === '-v') {
    terminal.print(`${packageVersion()}\n`)
    return 0
  }
  if (first.startsWith('-')) throw new UsageError(`unknown option '${first}'; see --help`)
  const command = findCommand(args)
  const given = parseOptions(command, args.slice(command.name.split(' ').length))
  if (given.flag('help')) {
    terminal.print(`${commandHelp(command)}\n`)
    return 0
  }
  return await command.run(given, terminal)
}

/** The command whose words the arguments begin with. */
function findCommand(args: readonly string[]): Command {
  const found = COMMANDS.find((command) =>
    command.name.split(' ').every((word, index) => args[index] === word),
  )
  if (found !== undefined) return found
  const [first = ''] = args
  const family = COMMANDS.filter((command) => command.name.startsWith(`${first} `))
  const names = family.length > 0 ? family : COMMANDS
  const typed = family.length > 0 ? args.slice(0, 2).join(' ') : first
  throw new UsageError(
    `unknown command '${typed}'; there is ${names.map(({ name }) => `'${name}'`).join(', ')}`,
  )
}

/** As `node:util` wants to know it. */
interface ParsedOption {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
}

/** @throws UsageError for an option that the command does not have, or a value that is missing */
function parseOptions(command: Command, args: readonly string[]): GivenOptions {
  const options: Record<string, ParsedOption> = {
    help: { type: 'boolean', short: 'h' },
  }
  for (const [name, { type, multiple = false }] of Object.entries(command.options)) {
    options[name] = { type, multiple }
  }
  try {
    const operands = command.operands ?? []
    const allowPositionals = operands.length > 0
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      strict: true,
      allowPositionals,
    })
    if (values['help'] !== true) checkOperands(command, operands, positionals)
    return {
      operands: positionals,
      flag: (name) => values[name] === true,
      text: (name) => {
        const value = values[name]
        return typeof value === 'string' ? value : undefined
      },
      texts: (name) => {
        const value = values[name]
        return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
      },
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${command.name}: ${firstSentence(error)}`, { cause: error })
  }
}

function checkOperands(
  command: Command,
  operands: readonly string[],
  given: readonly string[],
): void {
  const missing = operands[given.length]
  if (missing !== undefined) throw new UsageError(`${command.name}: ${missing} is missing`)
  const extra = given[operands.length]
  if (extra !== undefined) throw new UsageError(`${command.name}: what is '${extra}' for?`)
}

/** `parseArgs` goes on to explain how to write positional arguments; nobody asked. */
function firstSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split(/\.(?:\s|$)/)[0] ?? text
}
