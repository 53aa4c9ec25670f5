import { type Document, Long } from 'bson'
import { describe, expect, test } from 'vitest'
import { createClient, MongoParseError } from '../../src/client/index.ts'
import { Random } from '../../src/sim/index.ts'
import { FakeClock, ScriptedTransport, scripted } from './scripted.ts'

const ok = { ok: 1 }

describe('options', () => {
  test('that mean nothing without a network are refused', () => {
    expect(() => scripted([], { maxPoolSize: 5 } as never)).toThrow(MongoParseError)
    expect(() => scripted([], { maxPoolSize: 5 } as never)).toThrow(
      'option maxpoolsize is not supported',
    )
    expect(() => scripted([], { tls: true, maxPoolSize: 5 } as never)).toThrow(
      'options tls, maxpoolsize are not supported',
    )
  })

  test('retryWrites gives writes a number, where a reply may be lost', async () => {
    const fieldsOf = async (retryWrites: boolean, isReliable: boolean) => {
      const { client, transport } = scripted([{ ok: 1, n: 1 }], { retryWrites }, { isReliable })
      await client.db('shop').collection('t').insertOne({ a: 1 })
      return Object.keys(transport.commands[0] as Document)
    }
    const plain = ['insert', 'documents', 'ordered', '$db']
    expect(await fieldsOf(true, false)).toEqual([...plain, 'lsid', 'txnNumber'])
    expect(await fieldsOf(false, false)).toEqual(plain)
    expect(await fieldsOf(true, true)).toEqual(plain)
  })

  test('settings reach every operation', async () => {
    const { client, transport } = scripted([ok, { ok: 1, cursor: { id: 0, firstBatch: [] } }], {
      writeConcern: { w: 'majority' },
      readConcern: 'local',
      ignoreUndefined: true,
      dbName: 'mine',
    })
    const t = client.db().collection('t')
    await t.deleteMany({ a: undefined })
    await t.findOne()
    expect(transport.commands).toMatchObject([
      { delete: 't', deletes: [{ q: {} }], writeConcern: { w: 'majority' }, $db: 'mine' },
      { find: 't', readConcern: { level: 'local' }, $db: 'mine' },
    ])
    expect(transport.commands[0]?.['deletes'][0].q).toEqual({})
  })

  test('a database name: given, set, or test', () => {
    expect(scripted().client.db().databaseName).toBe('test')
    expect(scripted([], { dbName: 'a' }).client.db().databaseName).toBe('a')
    expect(scripted([], { dbName: 'a' }).client.db('b').databaseName).toBe('b')
  })
})

describe('identifiers', () => {
  const minted = async (seed: number) => {
    const transport = new ScriptedTransport([{ ok: 1, n: 1 }, { ok: 1, n: 2 }, ok])
    const client = createClient({ transport, clock: new FakeClock(), random: new Random(seed) })
    const t = client.db('shop').collection('t')
    const { insertedId } = await t.insertOne({})
    const { insertedIds } = await t.insertMany([{}, {}])
    return [insertedId, insertedIds[0], insertedIds[1], client.startSession().id.id].map(String)
  }

  test('come from clock and random alone', async () => {
    expect(await minted(1)).toEqual(await minted(1))
    expect(await minted(1)).not.toEqual(await minted(2))
  })

  test('count upwards, and begin with the time', async () => {
    const ids = (await minted(1)).slice(0, 3)
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(Number.parseInt(id.slice(0, 8), 16)).toBe(1_700_000_000)
  })

  test("may be an application's own, or the server's", async () => {
    let next = 0
    const pkFactory = { createPk: () => `pk${next++}` }
    const { client, transport } = scripted([ok, ok, ok], { pkFactory })
    const t = client.db('shop').collection('t')
    expect((await t.insertOne({})).insertedId).toBe('pk0')
    expect((await t.insertMany([{ _id: 'given' }, { _id: null }])).insertedIds).toEqual({
      0: 'given',
      1: 'pk1',
    })
    await t.insertOne({ a: 1 }, { forceServerObjectId: true })
    expect(transport.commands[2]?.['documents']).toEqual([{ a: 1 }])
  })
})

describe('close', () => {
  test('closes cursors, aborts transactions, ends sessions', async () => {
    const open = { ok: 1, cursor: { id: Long.fromNumber(5), ns: 'shop.t', firstBatch: [{}, {}] } }
    const { client, transport } = scripted([open, ok, ok, ok, ok])
    const t = client.db('shop').collection('t')
    await t.find().next()
    const [one, other] = [client.startSession(), client.startSession()]
    one.startTransaction()
    await t.insertOne({}, { session: one })
    await client.close()
    expect(transport.commands.slice(2)).toMatchObject([
      { killCursors: 't' },
      { abortTransaction: 1, lsid: one.id },
      { endSessions: [one.id, other.id], $db: 'admin' },
    ])
    expect([one.hasEnded, other.hasEnded, transport.left]).toEqual([true, true, 0])
  })

  test('does not mind a server that refuses', async () => {
    const { client, transport } = scripted([{ ok: 0, code: 59, errmsg: 'no such command' }])
    await client.startSession().endSession()
    await client.close()
    expect(transport.commands).toHaveLength(1)
  })

  test('sends nothing where there is nothing to end', async () => {
    const { client, transport } = scripted()
    await client.close()
    expect(transport.commands).toEqual([])
  })
})

describe('server sessions', () => {
  test('are used again, the latest first', async () => {
    const { client } = scripted()
    const [one, other] = [client.startSession(), client.startSession()]
    await one.endSession()
    await other.endSession()
    expect(client.startSession().id).toBe(other.id)
    expect(client.startSession().id).toBe(one.id)
    expect(client.startSession().id).not.toBe(one.id)
  })

  test('are given up a minute before the server does', async () => {
    const { client, clock } = scripted()
    const session = client.startSession()
    await session.endSession()
    clock.pass(28 * 60_000)
    const same = client.startSession()
    expect(same.id).toBe(session.id)
    await same.endSession()
    clock.pass(60_000)
    expect(client.startSession().id).not.toBe(session.id)
  })

  test('go on counting their transactions', async () => {
    const { client } = scripted([ok, ok, ok, ok])
    const t = client.db('shop').collection('t')
    for (const n of [1, 2]) {
      const session = client.startSession()
      session.startTransaction()
      await t.insertOne({}, { session })
      expect(session.serverSession.txnNumber).toBe(n)
      await session.endSession()
    }
  })
})

test('withSession ends its session also when it throws', async () => {
  const { client } = scripted()
  let seen: { hasEnded: boolean } | undefined
  const running = client.withSession(async (session) => {
    seen = session
    throw new Error('mine')
  })
  await expect(running).rejects.toThrow('mine')
  expect(seen?.hasEnded).toBe(true)
})

test('a connection id goes with every command', async () => {
  const transport = new ScriptedTransport([ok, ok])
  const client = createClient({
    transport,
    clock: new FakeClock(),
    random: new Random(1),
    connectionId: 7,
  })
  const { signal } = new AbortController()
  await client.db('a').command({ ping: 1 })
  await client.db('a').command({ ping: 1 }, { signal })
  expect(transport.options).toEqual([{ connectionId: 7 }, { connectionId: 7, signal }])
})
