import { describe, expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/command_line.ts'
import { COMMANDS } from '../../src/cli/commands/table.ts'
import { readManifest } from '../checks/manifest.ts'
import { terminalDouble } from './terminal_double.ts'

async function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const terminal = terminalDouble()
  const status = await runCommandLine(args, terminal)
  return { status, out: terminal.out, err: terminal.err }
}

describe('what was typed wrong ends in a sentence on stderr and status 2', () => {
  const wrong: [typed: string, sentence: string][] = [
    [
      'dmeo',
      "palimpsest: unknown command 'dmeo'; there is 'demo', 'serve', 'check', 'run', 'stat', 'bench retries'\n",
    ],
    ['bench', "palimpsest: unknown command 'bench'; there is 'bench retries'\n"],
    ['bench speed', "palimpsest: unknown command 'bench speed'; there is 'bench retries'\n"],
    ['--jsno', "palimpsest: unknown option '--jsno'; see --help\n"],
    ['demo --jsno', "palimpsest: demo: Unknown option '--jsno'\n"],
    ['demo --html', "palimpsest: demo: Option '--html <value>' argument missing\n"],
    ['demo --json=1', "palimpsest: demo: Option '--json' does not take an argument\n"],
  ]
  test.each(wrong)('%s', async (typed, sentence) => {
    expect(await run(...typed.split(' '))).toEqual({ status: 2, out: '', err: sentence })
  })

  test('a positional argument that nobody asked for', async () => {
    const { status, err } = await run('demo', 'more')
    expect(status).toBe(2)
    expect(err).toMatch(/^palimpsest: demo: Unexpected argument 'more'/)
  })

  test('nothing at all: the help, on stderr', async () => {
    const { status, out, err } = await run()
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toContain('Usage: palimpsest COMMAND')
  })
})

test('--help lists every command', async () => {
  const { status, out } = await run('--help')
  expect(status).toBe(0)
  for (const { name, summary } of COMMANDS) expect(out).toMatch(new RegExp(`${name} +${summary}`))
})

test.each(COMMANDS.map(({ name }) => name))('%s --help lists every option', async (name) => {
  const { status, out } = await run(...name.split(' '), '--help')
  expect(status).toBe(0)
  for (const option of Object.keys(COMMANDS.find((one) => one.name === name)!.options)) {
    expect(out).toContain(`--${option}`)
  }
})

test('--version is that of the package', async () => {
  const version = (readManifest() as unknown as { version: string }).version
  expect(await run('--version')).toEqual({ status: 0, out: `${version}\n`, err: '' })
})

test('a file that cannot be written: status 1 and why', async () => {
  const { status, out, err } = await run('demo', '--html', '/nowhere/at/all.html')
  expect({ status, out }).toEqual({ status: 1, out: '' })
  expect(err).toMatch(/^palimpsest: can't write \/nowhere\/at\/all\.html: ENOENT/)
})
