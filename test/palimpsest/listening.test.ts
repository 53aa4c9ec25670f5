/** `listen`, `getUri` and `serve`: what they give, and what they refuse. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { describe, expect, test } from 'vitest'
import { Palimpsest } from '../../src/index.ts'

test('listens where it is told, and getUri speaks of the first place', async () => {
  const sim = await Palimpsest.create({ time: 'auto' })
  const uri = await sim.listen({ port: 0 })
  expect(uri).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\/\?replicaSet=rs0$/)
  const folder = mkdtempSync(join(tmpdir(), 'palimpsest-'))
  const path = join(folder, 'second.sock')
  const second = await sim.listen({ path })
  const query = 'replicaSet=rs0&directConnection=true'
  expect(second).toBe(`mongodb://${encodeURIComponent(path)}/?${query}`)
  expect(sim.getUri()).toBe(uri)
  expect(sim.getUri('a shop')).toBe(uri.replace('/?', '/a%20shop?'))
  const client = await MongoClient.connect(second)
  await client.db('test').collection('demo').insertOne({ a: 1 })
  expect(await sim.client().db('test').collection('demo').findOne()).toMatchObject({ a: 1 })
  await client.close()
  await sim.stop()
  expect(existsSync(path)).toBe(false)
  rmSync(folder, { recursive: true })
})

test('serve is create in real time, and listen', async () => {
  const sim = await Palimpsest.serve({ seed: 3 })
  expect([sim.clock.mode, sim.seed]).toEqual(['real', 3])
  const client = await MongoClient.connect(sim.getUri('shop'))
  expect(client.db().databaseName).toBe('shop')
  await client.close()
  await sim.stop()
})

test('a simulator that stops lets go of its port and of those who wait', async () => {
  const sim = await Palimpsest.serve()
  const { port } = new URL(sim.getUri())
  const client = await MongoClient.connect(sim.getUri(), { retryReads: false })
  await client.db('admin').command({
    configureFailPoint: 'failCommand',
    mode: { times: 1 },
    data: { failCommands: ['find'], blockConnection: true, blockTimeMS: 60_000 },
  })
  const blocked = client.db('test').collection('demo').findOne()
  const refused = expect(blocked).rejects.toThrow(/connection .* closed/)
  await expect.poll(() => sim.server.waiting.size).toBe(1)
  await sim.stop()
  await refused
  await client.close()
  const next = await Palimpsest.serve({ port: Number(port) })
  expect(new URL(next.getUri()).port).toBe(port)
  await next.stop()
})

describe('refuses', () => {
  test('to listen where nobody said whose time it is', async () => {
    const sim = await Palimpsest.create()
    await expect(sim.listen()).rejects.toThrow(/'real'.*'auto'.*'manual'/)
    await sim.stop()
  })

  test('to name an address that it does not have', async () => {
    const sim = await Palimpsest.create({ time: 'real' })
    expect(() => sim.getUri()).toThrow('await sim.listen({ port: 0 }) first')
    await sim.stop()
  })

  test('a port that is taken', async () => {
    const sim = await Palimpsest.serve()
    const { port } = new URL(sim.getUri())
    await expect(Palimpsest.serve({ port: Number(port) })).rejects.toThrow('EADDRINUSE')
    await sim.stop()
  })

  test.each([
    [{ port: 70_000 }, 'from 0 to 65535'],
    [{ port: 1.5 }, 'from 0 to 65535'],
    [{ path: '/tmp/a' }, '.sock'],
    [{ path: '/tmp/a.sock', port: 1 }, 'either a path'],
    [{ idleMs: 0 }, 'idleMs'],
    [{ prot: 1 } as object, "no option 'prot'"],
  ])('%o', async (options, sentence) => {
    const sim = await Palimpsest.create({ time: 'real' })
    await expect(sim.listen(options)).rejects.toThrow(sentence)
    await sim.stop()
  })

  test('options of serve that nobody knows', async () => {
    await expect(Palimpsest.serve({ prot: 1 } as object)).rejects.toThrow("'prot'")
    await expect(Palimpsest.create({ persona: 'mongos' as never })).rejects.toThrow("'standalone'")
  })

  test('to be silent about a host that others reach', async () => {
    const warnings: string[] = []
    const sim = await Palimpsest.serve({
      host: '0.0.0.0',
      onWarning: (line) => warnings.push(line),
    })
    expect(warnings).toEqual([expect.stringContaining('there is no authentication')])
    await sim.stop()
  })
})

test('a fork listens nowhere until it is told', async () => {
  const sim = await Palimpsest.create({ time: 'auto' })
  await sim.listen()
  const fork = sim.fork()
  expect(() => fork.getUri()).toThrow('first')
  await fork.listen()
  expect(fork.getUri()).not.toBe(sim.getUri())
  await Promise.all([fork.stop(), sim.stop()])
})
