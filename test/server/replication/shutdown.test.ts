/** The end of a server at a client's request. */
import { MongoClient, MongoNetworkError } from 'mongodb'
import { expect, it } from 'vitest'
import { Palimpsest } from '../../../src/index.ts'
import { ConnectionClosedError } from '../../../src/server/index.ts'
import { nodeCryptography } from '../../../src/server/wire/node_cryptography.ts'
import { makeBench } from '../harness.ts'

it('over the wire: every connection breaks, and the simulator has stopped', async () => {
  const sim = await Palimpsest.serve()
  const client = await MongoClient.connect(sim.getUri())
  const other = await MongoClient.connect(sim.getUri())
  await other.db('admin').command({ ping: 1 })
  const asked = client.db('admin').command({ shutdown: 1, force: true, timeoutSecs: 1 })
  await expect(asked).rejects.toThrow(MongoNetworkError)
  // What libraries that manage servers look for: anything else they complain about.
  await expect(asked).rejects.toThrow(/^connection \d+ to [\d.]+:\d+ closed$/)
  await sim.stopped
  await Promise.all([client.close(), other.close()])
})

it('in process: whoever asked sees the connection close, and the simulator has stopped', async () => {
  const sim = await Palimpsest.create()
  const db = sim.client().db('admin')
  await expect(db.command({ shutdown: 1 })).rejects.toThrow('connection 1 to the server closed')
  await sim.stopped
})

// Source: shutdown.h, `localHostOnlyIfNoAuth` in commands.cpp (8.0)
it('only from this machine, and only against admin', async () => {
  const bench = makeBench()
  const command = { shutdown: 1, $db: 'admin' }
  const login = { cryptography: nodeCryptography, isRequired: false, log: () => {} }
  const far = bench.server.transport({ login: { ...login, isLocal: false } })
  expect(await far.send(command)).toMatchObject({
    code: 13,
    errmsg: 'shutdown must run from localhost when running db without auth',
  })
  expect(await bench.run({ shutdown: 1 })).toMatchObject({ code: 13 })
  const near = bench.server.transport({ login: { ...login, isLocal: true } })
  expect(() => near.send(command)).toThrow(ConnectionClosedError)
  expect(await bench.run({ shutdown: 1, colour: 'red', $db: 'admin' })).toMatchObject({
    code: 40415,
  })
  bench.stop()
})
