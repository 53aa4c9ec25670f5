/** `palimpsest-mongod` as a process: signals, exit statuses, and that nothing keeps it alive. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type BuiltPackage, builtPackage } from '../../testing/built_package.ts'

let built: BuiltPackage
beforeAll(() => {
  built = builtPackage()
})
afterAll(() => built.remove())

type Child = ChildProcessByStdio<null, Readable, Readable>

const children: Child[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function start(...args: string[]): Child {
  const child = spawn(built.program('palimpsest-mongod'), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  return child
}

/** @returns the port, once it accepts connections */
async function ready(child: Child): Promise<number> {
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text)
    if (line.msg !== 'Waiting for connections') continue
    child.stdout.resume()
    return line.attr.port
  }
  throw new Error('it never listened')
}

async function end(child: Child): Promise<unknown[]> {
  return await once(child, 'exit')
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it, with clients connected', async (signal) => {
  const child = start('--port', '0', '--nounixsocket', '--replSet', 'books')
  const client = await MongoClient.connect(
    `mongodb://127.0.0.1:${await ready(child)}/?directConnection=true`,
  )
  const ended = end(child)
  child.kill(signal)
  expect(await ended).toEqual([0, null])
  await client.close()
})

test('so does shutdown', async () => {
  const child = start('--port', '0', '--nounixsocket')
  const client = await MongoClient.connect(`mongodb://127.0.0.1:${await ready(child)}/`)
  const ended = end(child)
  await expect(client.db('admin').command({ shutdown: 1 })).rejects.toThrow('closed')
  expect(await ended).toEqual([0, null])
  await client.close()
})

test('a port that is taken: status 48', async () => {
  const first = start('--port', '0', '--nounixsocket')
  const port = await ready(first)
  expect(await end(start('--port', String(port), '--nounixsocket'))).toEqual([48, null])
})

test('what was typed wrong: status 2; --version: status 0', async () => {
  expect(await end(start('--x'))).toEqual([2, null])
  expect(await end(start('--version'))).toEqual([0, null])
})

test('it goes on where nobody reads its log', async () => {
  const child = start('--port', '0', '--nounixsocket', '--replSet', 'books')
  const port = await ready(child)
  child.stdout.destroy()
  const client = await MongoClient.connect(`mongodb://127.0.0.1:${port}/?directConnection=true`)
  const members = [{ _id: 0, host: `127.0.0.1:${port}` }]
  // Which writes to the log.
  await client.db('admin').command({ replSetInitiate: { _id: 'books', members } })
  expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 })
  await client.close()
})
