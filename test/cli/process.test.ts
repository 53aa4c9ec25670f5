/** The command line as a process: what only streams and exit statuses show. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BuiltPackage, builtPackage } from '../testing/built_package.ts'

let built: BuiltPackage
beforeAll(() => {
  built = builtPackage()
})
afterAll(() => built.remove())

function start(...args: string[]) {
  return spawn(built.program('palimpsest'), args, { stdio: ['ignore', 'pipe', 'pipe'] })
}

test('demo --json: one object on a pipe, without colour, nothing on stderr, status 0', async () => {
  const child = start('demo', '--json')
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const [status] = await once(child, 'close')
  expect({ status, err }).toEqual({ status: 0, err: '' })
  expect(JSON.parse(out).stories).toHaveLength(4)
  expect(out).not.toContain('\x1b')
})

test('a reader who has seen enough, as head has, is no failure', async () => {
  const child = start('demo', '--json')
  child.stdout.once('data', () => child.stdout.destroy())
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const [status] = await once(child, 'close')
  expect({ status, err }).toEqual({ status: 0, err: '' })
})

test('what was typed wrong: status 2', async () => {
  const child = start('dmeo')
  const [status] = await once(child, 'close')
  expect(status).toBe(2)
})
