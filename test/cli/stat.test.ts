import { expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/command_line.ts'
import { statRow } from '../../src/cli/run/server_stat.ts'
import { Palimpsest } from '../../src/palimpsest.ts'
import { terminalDouble } from './terminal_double.ts'

async function stat(...args: string[]) {
  const terminal = terminalDouble()
  const status = await runCommandLine(['stat', ...args], terminal)
  return { status, out: terminal.out, err: terminal.err }
}

test('a line a second, of a server that listens', async () => {
  await using sim = await Palimpsest.serve()
  const seconds = stat('--uri', sim.getUri(), '--rows', '2')
  const busy = setInterval(() => void sim.client().db('x').collection('y').insertOne({}), 20)
  const { status, out } = await seconds
  clearInterval(busy)
  expect(status).toBe(0)
  const [names, ...rows] = out.trim().split('\n')
  expect(names?.trim().split(/\s+/)).toContain('conflicts')
  expect(rows).toHaveLength(2)
  for (const row of rows) {
    const [inserts] = row.trim().split(/\s+/).map(Number)
    expect(inserts).toBeGreaterThan(3)
  }
})

test('counters a second, gauges as they are; what a server lacks is nothing', () => {
  const status = (inserts: number) => ({
    opcounters: { insert: inserts },
    connections: { current: 7 },
  })
  expect(statRow(status(10), status(30), 2)).toEqual([10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7])
})

test.each([
  [[], '--uri is missing'],
  [['--uri', 'mongodb://x', '--rows', 'all'], '--rows takes a whole number'],
  [['--uri', 'nonsense'], "can't connect: Invalid scheme"],
])('%j: status 2', async (args, why) => {
  const { status, err } = await stat(...args)
  expect(status).toBe(2)
  expect(err).toContain(why)
})
