import type { Command } from './command.ts'

export function generalHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length))
  return [
    'Usage: palimpsest COMMAND [OPTIONS]',
    '',
    'An in-memory document store that conflicts, backs off, retries and expires as MongoDB does.',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    '  --help     this text; after a command, what it does',
    '  --version  the version',
  ].join('\n')
}

export function commandHelp(command: Command): string {
  const rows = Object.entries(command.options).map(([name, { value, help }]) => ({
    left: value === undefined ? `--${name}` : `--${name} ${value}`,
    help,
  }))
  rows.push({ left: '--help', help: 'this text' })
  const width = Math.max(...rows.map(({ left }) => left.length))
  return [
    ['Usage: palimpsest', command.name, ...(command.operands ?? []), '[OPTIONS]'].join(' '),
    '',
    command.help,
    '',
    'Options:',
    ...rows.map(({ left, help }) => `  ${left.padEnd(width)}  ${help}`),
  ].join('\n')
}
