/** `palimpsest serve` as a process: its first line, its signals, what it refuses. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type BuiltPackage, builtPackage } from '../testing/built_package.ts'

let built: BuiltPackage
beforeAll(() => {
  built = builtPackage()
})
afterAll(() => built.remove())

type Child = ChildProcessByStdio<null, Readable, Readable>

const children: Child[] = []

function start(...args: string[]): Child {
  const child = spawn(built.program('palimpsest'), ['serve', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  return child
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

async function firstLine(child: Child): Promise<string> {
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error('it printed nothing')
}

async function ended(child: Child) {
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const [status, signal] = await once(child, 'close')
  return { status, signal, err }
}

describe('serves', () => {
  test('its first line is a connection string that works at once; SIGTERM ends it', async () => {
    const child = start('--port', '0')
    const uri = await firstLine(child)
    expect(uri).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\/\?replicaSet=rs0$/)
    const client = await MongoClient.connect(uri)
    const demo = client.db('test').collection('demo')
    await demo.insertOne({ a: 1 })
    expect(await demo.findOne({}, { projection: { _id: 0 } })).toEqual({ a: 1 })
    const end = ended(child)
    // With a client still connected.
    child.kill('SIGTERM')
    expect(await end).toEqual({ status: 0, signal: null, err: '' })
    await client.close()
  })

  test('on a Unix socket, as a standalone, in manual time; SIGINT ends it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'palimpsest-'))
    const path = join(folder, 'x.sock')
    const child = start('--socket', path, '--standalone', '--time', 'manual')
    const uri = await firstLine(child)
    expect(uri).toBe(`mongodb://${encodeURIComponent(path)}/?directConnection=true`)
    const client = await MongoClient.connect(uri)
    const admin = client.db('admin')
    expect(await admin.command({ hello: 1 })).not.toHaveProperty('setName')
    const moved = await admin.command({ palimpsestAdvanceClock: 1, ms: 90_000 })
    expect(moved).toMatchObject({ elapsedMs: 90_000, ok: 1 })
    await client.close()
    const end = ended(child)
    child.kill('SIGINT')
    expect(await end).toEqual({ status: 0, signal: null, err: '' })
    expect(existsSync(path)).toBe(false)
    rmSync(folder, { recursive: true })
  })

  test('to users who log in', async () => {
    const as = (uri: string, who: string) => uri.replace('//', `//${who}@`).replace('/?', '/shop?')
    const child = start(
      '--port',
      '0',
      '--auth',
      'app:sec:ret',
      '--auth',
      'o:p',
      '--auth-db',
      'shop',
    )
    const uri = await firstLine(child)
    const client = await MongoClient.connect(as(uri, 'app:sec%3Aret'))
    expect(await client.db('test').collection('demo').countDocuments()).toBe(0)
    await client.close()
    await (await MongoClient.connect(as(uri, 'o:p'))).close()
    const wrong = MongoClient.connect(as(uri, 'app:wrong'))
    await expect(wrong).rejects.toThrow('Authentication failed.')
    const end = ended(child)
    child.kill('SIGTERM')
    expect((await end).status).toBe(0)
  })

  test('a shutdown command ends it', async () => {
    const child = start('--port', '0')
    const client = await MongoClient.connect(await firstLine(child))
    const end = ended(child)
    await expect(client.db('admin').command({ shutdown: 1 })).rejects.toThrow('closed')
    expect(await end).toEqual({ status: 0, signal: null, err: '' })
    await client.close()
  })

  test('beyond this machine only with a word about it', async () => {
    const child = start('--port', '0', '--host', '0.0.0.0')
    const end = ended(child)
    expect(await firstLine(child)).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\//)
    child.kill('SIGTERM')
    expect((await end).err).toContain('there is no authentication')
  })
})

describe('refuses', () => {
  test('a port that is taken: status 1', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address() as { port: number }
    const { status, err } = await ended(start('--port', String(address.port)))
    expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining('EADDRINUSE') })
    other.close()
  })

  test.each([
    ['--time', 'fast', "not 'fast'"],
    ['--auth', 'app', '--auth takes a user and a password, as app:secret'],
    ['--auth', ':secret', '--auth takes a user and a password'],
    ['--auth', 'app:', '--auth takes a user and a password'],
  ])('%s %s makes no sense: status 2', async (option, value, sentence) => {
    const { status, err } = await ended(start(option, value))
    expect({ status, err }).toEqual({ status: 2, err: expect.stringContaining(sentence) })
  })
})
