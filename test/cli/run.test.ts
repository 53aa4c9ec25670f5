import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/command_line.ts'
import { Palimpsest } from '../../src/palimpsest.ts'
import { WORKLOAD_NAMES } from '../../src/workloads/index.ts'
import { terminalDouble } from './terminal_double.ts'

const folder = mkdtempSync(join(tmpdir(), 'palimpsest-run-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function palimpsest(...args: string[]) {
  const terminal = terminalDouble()
  const status = await runCommandLine(args, terminal)
  return { status, out: terminal.out, err: terminal.err }
}

const run = (...args: string[]) => palimpsest('run', '--transactions', '120', ...args)

describe('palimpsest run, in process', () => {
  test.each(WORKLOAD_NAMES)('%s: status 0, and the verdict', async (name) => {
    const { status, out } = await run('--workload', name)
    expect(out).toMatch(new RegExp(`^${name}: \\d+ committed, \\d+ failed, 0 unknown\n`))
    expect(out).toContain('snapshot-isolation: yes')
    expect(status).toBe(0)
  })

  test('a level that transactions do not promise: status 1, and why', async () => {
    const { status, out } = await run('--workload', 'list-append', '--level', 'serializable')
    expect(status).toBe(1)
    expect(out).toContain('write skew (G2-item)')
  })

  test('--json is one object', async () => {
    const { out } = await run('--workload', 'bank', '--json', '--clients', '3', '--seed', '9')
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      workload: 'bank',
      unknown: 0,
      complaints: [],
      levels: { 'snapshot-isolation': true },
    })
  })

  test('--out is a history that check reads; the same seed gives the same', async () => {
    const lines = join(folder, 'history.jsonl')
    const again = join(folder, 'again.jsonl')
    const { err } = await run('--workload', 'list-append', '--out', lines, '--seed', '5')
    expect(err).toBe(`palimpsest: wrote ${lines}\n`)
    await run('--workload', 'list-append', '--out', again, '--seed', '5')
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(lines, 'utf8'))
    const level = ['--level', 'snapshot-isolation']
    const checked = await palimpsest('check', lines, '--model', 'list-append', ...level)
    expect(checked.status).toBe(0)
  })

  test('--out to .json says how it is to be read', async () => {
    const path = join(folder, 'history.json')
    await run('--workload', 'counter', '--out', path, '--chaos', '0.05')
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      workload: 'counter',
      model: 'rw-register',
      options: { wfrKeys: true },
    })
    expect((await palimpsest('check', path)).status).toBe(0)
  })

  test.each([
    [['--workload', 'nothing'], "not 'nothing'"],
    [[], 'it is missing'],
    [['--workload', 'bank', '--clients', '0'], '--clients takes a whole number from 1 on'],
    [['--workload', 'bank', '--level', 'best'], "not 'best'"],
    [['--workload', 'bank', '--chaos', '2'], 'from 0 to 1'],
    [['--workload', 'bank', '--out', '/nowhere/at/all'], "can't write"],
  ])('%j makes no sense: status 2', async (args, why) => {
    const { status, err } = await run(...args)
    expect(status).toBe(2)
    expect(err).toContain(why)
  })
})

describe('palimpsest run --uri', () => {
  let sim: Palimpsest
  beforeAll(async () => {
    sim = await Palimpsest.serve()
  })
  afterAll(() => sim.stop())

  test.each(WORKLOAD_NAMES)('%s, by the official driver', async (name) => {
    const { status, out } = await run('--workload', name, '--uri', sim.getUri('load'))
    expect(out).toMatch(new RegExp(`^${name}: \\d+ committed, \\d+ failed, 0 unknown\n`))
    expect(status).toBe(0)
  })

  test('it works in the database that the connection string names', async () => {
    await run('--workload', 'bank', '--uri', sim.getUri('elsewhere'))
    const found = await sim.client().db('elsewhere').listCollections().toArray()
    expect(found.map(({ name }) => name)).toEqual(['palimpsest_bank'])
  })

  test('connections that break are lived through', async () => {
    for (const command of ['update', 'commitTransaction']) {
      sim.faults.loseReply({ command, times: 3 })
    }
    const { status, out } = await run('--workload', 'counter', '--uri', sim.getUri('load'))
    expect(out).toContain('snapshot-isolation: yes')
    expect(status).toBe(0)
  })

  test('a connection string that is none: status 2', async () => {
    const { status, err } = await run('--workload', 'bank', '--uri', 'nonsense')
    expect(status).toBe(2)
    expect(err).toContain("run: can't connect: Invalid scheme")
  })
})
