/** The examples run, and print what they promise. */
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => vi.restoreAllMocks())

async function printed(load: () => Promise<unknown>): Promise<unknown[]> {
  const lines: unknown[] = []
  vi.spyOn(console, 'log').mockImplementation((line: unknown) => void lines.push(line))
  await load()
  return lines
}

test('wait_on_conflict', async () => {
  const lines = await printed(() => import('../../examples/wait_on_conflict.ts'))
  // The ladder's pauses within 90 s: 200 in 1.456 s, then one each 100 ms, the last ends past 90 s.
  expect(lines).toEqual([{ _id: 'x', value: 8 }, '1086 write conflicts in 90056 ms'])
})

test('with_transaction', async () => {
  const lines = await printed(() => import('../../examples/with_transaction.ts'))
  expect(lines).toEqual([
    'The transfers took 2 and 1 runs.',
    [
      { _id: 'alice', balance: 80 },
      { _id: 'bob', balance: 120 },
    ],
  ])
})

test('own_backoff', async () => {
  const lines = await printed(() => import('../../examples/own_backoff.ts'))
  expect(lines).toHaveLength(3)
  expect(lines[0]).toBe('ladder: 286 conflicts, late by 56 ms')
  expect(lines[2]).toBe('fibonacci: 29 conflicts, late by 136 ms')
})

test('fifty_clients', async () => {
  const lines = await printed(() => import('../../examples/fifty_clients.ts'))
  const rows = lines.slice(1, 51).map((line) => String(line).trim().split(/ +/).map(Number))
  expect(rows.map(([program]) => program)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1))
  // specifications: transactions-convenient-api, which gives up after 120 seconds.
  expect(Math.max(...rows.map(([, , waitedMs]) => waitedMs!))).toBeLessThan(120_000)
  expect(Math.max(...rows.map(([, attempts]) => attempts!))).toBeGreaterThan(1)
  expect(lines.at(-1)).toEqual({ _id: 'tickets', sold: 50 })
})
