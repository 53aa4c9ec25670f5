/**
 * MongoDB's own shell, as `npm run tools` installs it, driven through its standard input.
 *
 * It has a home of its own, where it keeps its history and logs, so that neither meets the
 * developer's.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Palimpsest } from '../../src/index.ts'
import { repositoryRoot } from '../checks/source_tree.ts'

const executable = join(repositoryRoot, 'test/tools/node_modules/mongosh/bin/mongosh.js')

export const isThere: boolean = existsSync(executable)

/** For the name of a suite that is left out. */
export const why: string = isThere ? '' : ' (left out: no mongosh; `npm run tools` installs it)'

/** A simulator to connect to, whose time passes whenever the shell only waits. */
export function served(): Promise<Palimpsest> {
  return Palimpsest.serve({ time: 'auto', port: 0, idleMs: 25, onWarning: () => {} })
}

export interface Printed {
  readonly out: string
  readonly err: string
  readonly status: number | null
}

/** Runs the shell to its end, with these lines typed in. */
export async function mongosh(args: readonly string[], typed = ''): Promise<Printed> {
  const home = mkdtempSync(join(tmpdir(), 'palimpsest-mongosh-'))
  const child = spawn(process.execPath, [executable, ...args], {
    env: { PATH: process.env['PATH'], HOME: home, TZ: 'UTC' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  child.stdin.end(typed)
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve)
    })
    return { out, err, status }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** What the shell prints before each line of an interactive session. */
const PROMPT = /rs0 \[(?:direct: )?primary\] \w+> /

/** Types in line after line, as a person would, and answers what each printed. */
export async function session(uri: string, lines: readonly string[]): Promise<string[]> {
  const { out, err } = await mongosh([uri, '--quiet', '--norc'], `${lines.join('\n')}\nexit\n`)
  if (err !== '') throw new Error(`mongosh complained: ${err}`)
  const [before, ...answers] = out.split(PROMPT).map((answer) => onTerminal(answer).trim())
  if (before !== '' || answers.length !== lines.length + 1) {
    throw new Error(`mongosh answered ${answers.length} times, not ${lines.length + 1}:\n${out}`)
  }
  return answers.slice(0, -1)
}

/** What a person sees: text after a carriage return is written over what stood in its line. */
function onTerminal(text: string): string {
  const seen = (line: string): string => {
    const [first = '', ...over] = line.split('\r')
    return over.reduce((shown, next) => next + shown.slice(next.length), first)
  }
  return text.split('\n').map(seen).join('\n')
}
