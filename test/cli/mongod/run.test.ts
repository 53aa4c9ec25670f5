/** `palimpsest-mongod` in this process: what it prints, and how it ends. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Document, MongoClient } from 'mongodb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Machine, Signal } from '../../../src/cli/mongod/machine.ts'
import { runMongod } from '../../../src/cli/mongod/run.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'palimpsest-mongod-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

interface Running {
  readonly status: Promise<number>
  readonly out: () => string
  readonly err: () => string
  line(id: number): Document | undefined
  signal(signal: Signal): void
}

const INTERRUPT: Signal = { number: 2, name: 'Interrupt' }

function start(...args: string[]): Running {
  let out = ''
  let err = ''
  let signal = (_: Signal): void => {}
  const machine: Machine = {
    pid: 4711,
    hostName: 'here',
    hasUnixSockets: true,
    print: (text) => {
      out += text
    },
    complain: (text) => {
      err += text
    },
    ended: new Promise((resolve) => {
      signal = resolve
    }),
  }
  const status = runMongod(args, machine)
  const lines = () => out.split('\n').filter((line) => line.startsWith('{'))
  return {
    status,
    out: () => out,
    err: () => err,
    line: (id) =>
      lines()
        .map((line) => JSON.parse(line) as Document)
        .find((one) => one['id'] === id),
    signal: (given) => signal(given),
  }
}

/** With a port of its own, and its socket out of everybody's way. */
async function listening(...args: string[]): Promise<Running & { readonly port: number }> {
  const mongod = start('--port', '0', '--unixSocketPrefix', folder, ...args)
  await expect.poll(() => mongod.line(23016)).toBeDefined()
  return { ...mongod, port: mongod.line(23016)!['attr'].port as number }
}

const connect = (port: number) =>
  MongoClient.connect(`mongodb://127.0.0.1:${port}/?directConnection=true`)

describe('says and ends', () => {
  test('--version and --help: status 0', async () => {
    const version = start('--version')
    expect(await version.status).toBe(0)
    expect(version.out()).toMatch(/^db version v8\.0\.\d+\n/)
    const help = start('--help', '--port', '5')
    expect(await help.status).toBe(0)
    expect(help.out()).toMatch(/^Options:\n/)
  })

  test('what was typed wrong: status 2, on stderr', async () => {
    const mongod = start('--x')
    expect(await mongod.status).toBe(2)
    expect(mongod.err()).toMatch(/^Error parsing command line: unrecognised option '--x'\n/)
    expect(mongod.out()).toBe('')
  })

  test('a folder that is not there: status 100', async () => {
    const mongod = start('--dbpath', join(folder, 'nowhere'))
    expect(await mongod.status).toBe(100)
    expect(mongod.line(20557)?.['attr'].error).toMatch(
      /^NonExistentPath: Data directory .*nowhere not found/,
    )
  })

  // Source: security_key.cpp, read_security_file.cpp (8.0)
  test('a key that is none: status 1', async () => {
    const keyFile = join(folder, 'key')
    const keys: [text: string, mode: number, why: RegExp][] = [
      ['0123456789', 0o644, /^permissions on .*key are too open$/],
      ['01234', 0o600, /has length 5, must be between 6 and 1024 chars$/],
      ['0123456789!', 0o600, /^invalid char in key file/],
    ]
    for (const [text, mode, why] of keys) {
      writeFileSync(keyFile, text, { mode })
      chmodSync(keyFile, mode)
      const mongod = start('--replSet', 'books', '--keyFile', keyFile)
      expect(await mongod.status).toBe(1)
      expect(mongod.line(20254)?.['attr'].error.errmsg).toMatch(why)
    }
    expect(await start('--keyFile', join(folder, 'nowhere')).status).toBe(1)
  })

  test('a port that is taken: status 48', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    const mongod = start('--port', String(port), '--unixSocketPrefix', folder)
    expect(await mongod.status).toBe(48)
    expect(mongod.line(20568)).toMatchObject({
      s: 'E',
      attr: {
        error: {
          codeName: 'SocketException',
          errmsg: expect.stringMatching(/Address already in use$/),
        },
      },
    })
    other.close()
  })
})

describe('serves', () => {
  test('as a standalone, until a signal', async () => {
    const mongod = await listening('--dbpath', folder, '--pidfilepath', join(folder, 'pid'))
    const { port } = mongod
    expect(mongod.line(4615611)?.['attr']).toMatchObject({
      pid: 4711,
      dbPath: folder,
      host: 'here',
    })
    expect(readFileSync(join(folder, 'pid'), 'utf8')).toBe('4711\n')
    const client = await connect(port)
    await client.db('test').collection('demo').insertOne({ a: 1 })
    const session = client.startSession()
    session.startTransaction()
    const demo = client.db('test').collection('demo')
    await expect(demo.insertOne({ a: 2 }, { session })).rejects.toMatchObject({
      originalError: { code: 20 },
    })
    await session.endSession()
    mongod.signal(INTERRUPT)
    expect(await mongod.status).toBe(0)
    expect(mongod.line(23377)?.['attr']).toEqual({ signal: 2, error: 'Interrupt' })
    expect(mongod.line(23138)?.['attr']).toEqual({ exitCode: 0 })
    expect(readdirSync(folder)).toEqual([])
    await client.close()
  })

  test('as a member that waits for its configuration, until a client ends it', async () => {
    const mongod = await listening('--replSet', 'books')
    const client = await connect(mongod.port)
    const admin = client.db('admin')
    expect(await admin.command({ hello: 1 })).toMatchObject({ isreplicaset: true })
    const host = `127.0.0.1:${mongod.port}`
    await admin.command({ replSetInitiate: { _id: 'books', members: [{ _id: 0, host }] } })
    expect(mongod.line(21392)?.['attr'].config).toMatchObject({ _id: 'books', version: 1 })
    expect(mongod.line(21358)?.['attr']).toEqual({ newState: 'SECONDARY', oldState: 'STARTUP' })
    expect(mongod.line(21331)?.['attr']).toEqual({ term: 1 })
    const set = await MongoClient.connect(`mongodb://${host}/?replicaSet=books`)
    await set.withSession((session) =>
      session.withTransaction(() => set.db('test').collection('demo').insertOne({}, { session })),
    )
    await set.close()
    await expect(admin.command({ shutdown: 1, force: true, timeoutSecs: 1 })).rejects.toThrow(
      'closed',
    )
    expect(await mongod.status).toBe(0)
    expect(mongod.line(4695400)?.['attr']).toEqual({ force: true, timeout: '1s' })
    await client.close()
  })

  // Source: `initAllServers` and `createAuth` of mongodb-memory-server-core 11.3
  test('with authentication: the first user is made from this machine, then all log in', async () => {
    const keyFile = join(folder, 'key')
    writeFileSync(keyFile, '0123456789', { mode: 0o700 })
    const mongod = await listening('--replSet', 'books', '--auth', '--keyFile', keyFile)
    expect(mongod.line(22120)).toBeUndefined()
    const host = `127.0.0.1:${mongod.port}`
    const first = await connect(mongod.port)
    const admin = first.db('admin')
    await admin.command({ replSetInitiate: { _id: 'books', members: [{ _id: 0, host }] } })
    const user = { createUser: 'root', pwd: 'secret', roles: ['root'] }
    await admin.command({ ...user, mechanisms: ['SCRAM-SHA-256'], writeConcern: { w: 'majority' } })
    const read = { insert: 'demo', documents: [{}] }
    await expect(first.db('test').command(read)).rejects.toMatchObject({ code: 13 })
    await expect(admin.command({ shutdown: 1 })).rejects.toMatchObject({ code: 13 })
    const known = await MongoClient.connect(`mongodb://root:secret@${host}/?replicaSet=books`)
    expect(await known.db('test').command(read)).toMatchObject({ n: 1 })
    await expect(known.db('admin').command({ shutdown: 1, force: true })).rejects.toThrow('closed')
    expect(await mongod.status).toBe(0)
    await Promise.all([first.close(), known.close()])
  })

  test('tells its command line, and has the parameters of it', async () => {
    const mongod = await listening('--setParameter', 'transactionLifetimeLimitSeconds=7')
    const client = await connect(mongod.port)
    const admin = client.db('admin')
    const { argv, parsed } = await admin.command({ getCmdLineOpts: 1 })
    expect(argv).toEqual(expect.arrayContaining(['mongod', '--setParameter']))
    expect(parsed.setParameter).toEqual({ transactionLifetimeLimitSeconds: '7' })
    const parameter = await admin.command({ getParameter: 1, transactionLifetimeLimitSeconds: 1 })
    expect(parameter).toMatchObject({ transactionLifetimeLimitSeconds: 7 })
    await client.close()
    mongod.signal(INTERRUPT)
    await mongod.status
  })

  test('on a Unix socket named for its port, also where one was left behind', async () => {
    const { port, ...first } = await listening()
    const path = join(folder, `mongodb-${port}.sock`)
    first.signal(INTERRUPT)
    await first.status
    expect(existsSync(path)).toBe(false)
    writeFileSync(path, '')
    const second = start('--port', String(port), '--unixSocketPrefix', folder)
    await expect.poll(() => second.line(23016)).toBeDefined()
    const client = await MongoClient.connect(
      `mongodb://${encodeURIComponent(path)}/?directConnection=true`,
    )
    expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 })
    await client.close()
    second.signal(INTERRUPT)
    await second.status
  })

  test('on all addresses', async () => {
    const mongod = await listening('--bind_ip', '::,0.0.0.0', '--nounixsocket')
    const client = await connect(mongod.port)
    expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 })
    await client.close()
    mongod.signal(INTERRUPT)
    expect(await mongod.status).toBe(0)
  })

  test('logs to a file, and keeps the one before', async () => {
    const logPath = join(folder, 'mongod.log')
    writeFileSync(logPath, 'before\n')
    const mongod = start('--port', '0', '--nounixsocket', '--logpath', logPath)
    await expect.poll(() => readFileSync(logPath, 'utf8')).toContain('Waiting for connections')
    expect(mongod.out()).toBe('')
    mongod.signal(INTERRUPT)
    await mongod.status
    const kept = readdirSync(folder).filter((name) => name.startsWith('mongod.log.'))
    expect(kept.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['before\n'])
    const again = start('--port', '0', '--nounixsocket', '--logpath', logPath, '--logappend')
    await expect.poll(() => readFileSync(logPath, 'utf8').match(/Waiting for/g)?.length).toBe(2)
    again.signal(INTERRUPT)
    await again.status
  })
})
