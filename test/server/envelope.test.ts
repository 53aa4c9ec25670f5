import { Long, Timestamp } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../src/bson/index.ts'
import {
  abort,
  type Bench,
  commit,
  continuing,
  findAll,
  insertOne,
  lsid,
  makeBench,
  starting,
} from './harness.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.stop())

const find = findAll()
const number = (n: number) => Long.fromNumber(n)

/**
 * Source: initialize_operation_session_info.cpp, transaction_validation.cpp, commands.cpp (8.0).
 */
const REFUSED: readonly [string, Document, number, string][] = [
  [
    'txnNumber without lsid',
    { ...find, txnNumber: number(1) },
    72,
    'Transaction number requires a session ID to also be specified',
  ],
  [
    'negative txnNumber',
    { ...find, lsid: lsid(1), txnNumber: number(-1) },
    72,
    'Transaction number cannot be negative',
  ],
  [
    'txnNumber that is no long',
    { ...find, lsid: lsid(1), txnNumber: 1 },
    14,
    "BSON field 'find.txnNumber' is the wrong type 'int', expected type 'long'",
  ],
  [
    'autocommit without txnNumber',
    { ...find, lsid: lsid(1), autocommit: false },
    72,
    "'autocommit' field requires a transaction number to also be specified",
  ],
  [
    'autocommit: true',
    { ...find, lsid: lsid(1), txnNumber: number(1), autocommit: true },
    72,
    'Specifying autocommit=true is not allowed.',
  ],
  [
    'startTransaction without autocommit',
    { ...find, lsid: lsid(1), txnNumber: number(1), startTransaction: true },
    72,
    "'startTransaction' field requires 'autocommit' field to also be specified",
  ],
  [
    'startTransaction: false',
    { ...continuing(1, 1, find), startTransaction: false },
    72,
    'Specifying startTransaction=false is not allowed.',
  ],
  [
    'txnRetryCounter',
    { ...starting(1, 1, find), txnRetryCounter: 0 },
    72,
    'txnRetryCounter is only supported in sharded clusters',
  ],
  [
    'txnNumber on a command that is no retryable write',
    { ...find, lsid: lsid(1), txnNumber: number(1) },
    50768,
    'txnNumber may only be provided for multi-document transactions and retryable write commands. autocommit:false was not provided, and find is not a retryable write command.',
  ],
  [
    'a command that is banned',
    starting(1, 1, { validate: 'demo' }),
    263,
    "Cannot run 'validate' in a multi-document transaction.",
  ],
  [
    'a command before authentication',
    starting(1, 1, { buildInfo: 1 }),
    263,
    'This command is not supported in transactions',
  ],
  [
    'the local database',
    { ...starting(1, 1, find), $db: 'local' },
    263,
    "Cannot run command against the 'local' database in a transaction.",
  ],
  [
    'the config database',
    { ...starting(1, 1, find), $db: 'config' },
    263,
    'Cannot run command against the config database in a transaction.',
  ],
  [
    'system.profile',
    starting(1, 1, findAll('system.profile')),
    263,
    "Cannot run command against the 'test.system.profile' collection in a transaction.",
  ],
  [
    'killCursors first',
    starting(1, 1, { killCursors: 'demo', cursors: [] }),
    263,
    'Cannot run killCursors as the first operation in a multi-document transaction.',
  ],
  [
    'a commit first',
    { ...commit(1, 1), startTransaction: true },
    263,
    'Cannot start a transaction with a commit',
  ],
  [
    'an abort first',
    { ...abort(1, 1), startTransaction: true },
    263,
    'Cannot start a transaction with an abort',
  ],
  [
    'writeConcern on a statement',
    { ...starting(1, 1, insertOne({ _id: 9 })), writeConcern: { w: 1 } },
    72,
    'writeConcern is not allowed within a multi-statement transaction',
  ],
  [
    'a level that transactions do not know',
    { ...starting(1, 1, find), readConcern: { level: 'available' } },
    72,
    "The readConcern level must be either 'local' (default), 'majority' or 'snapshot' in order to run in a transaction",
  ],
  [
    'a level that nobody knows',
    { ...starting(1, 1, find), readConcern: { level: 'foo' } },
    2,
    "Enumeration value 'foo' for field 'readConcern.level' is not a valid value.",
  ],
  [
    'commit outside of a session',
    { commitTransaction: 1, $db: 'admin' },
    125,
    'commitTransaction must be run within a transaction',
  ],
  [
    'abort outside of a session',
    { abortTransaction: 1, $db: 'admin' },
    125,
    'abortTransaction must be run within a transaction',
  ],
  [
    'commit elsewhere than on admin',
    { ...commit(1, 1), $db: 'test' },
    13,
    'commitTransaction may only be run against the admin database.',
  ],
]

describe('the envelope of a command', () => {
  it.each(REFUSED)('refuses %s', async (_name, command, code, errmsg) => {
    expect(await bench.run(command)).toMatchObject({ ok: 0, code, errmsg })
  })

  // Those about a first statement are none of a transaction that is under way.
  it.each(REFUSED.filter(([name, { txnNumber }]) => txnNumber && !name.endsWith('first')))(
    'leaves an open transaction alone when it refuses %s',
    async (_name, command) => {
      const { startTransaction: _, ...later } = command
      await bench.run(starting(1, 1, insertOne({ _id: 1 })))
      await bench.run({ ...later, $db: command['$db'] ?? 'test' })
      expect(await bench.run(commit(1, 1))).toMatchObject({ ok: 1 })
    },
  )

  it('knows a readConcern on the first statement only', async () => {
    await bench.run({ ...starting(1, 1, find), readConcern: { level: 'snapshot' } })
    expect(await bench.run({ ...continuing(1, 1, find), readConcern: {} })).toMatchObject({ ok: 1 })
    expect(
      await bench.run({ ...continuing(1, 1, find), readConcern: { level: 'snapshot' } }),
    ).toMatchObject({
      ok: 0,
      code: 72,
      errmsg: 'Only the first command in a transaction may specify a readConcern',
    })
  })

  // Source: _checkOutSession, service_entry_point_shard_role.cpp: create at default level only
  it('refuses create under a read concern of the transaction, and aborts', async () => {
    await bench.run({ ...starting(1, 1, find), readConcern: { level: 'snapshot' } })
    expect(await bench.run(continuing(1, 1, { create: 'other' }))).toMatchObject({
      ok: 0,
      code: 72,
      errmsg:
        'Command create does not support this transaction\'s { readConcern: { level: "snapshot", provenance: "clientSupplied" } } :: caused by :: read concern not supported',
    })
    expect(await bench.run(commit(1, 1))).toMatchObject({ ok: 0, code: 251 })
  })

  // Source: performInserts, performUpdates, performDeletes, find_and_modify.cpp
  it.each([
    [insertOne({ a: 1 }, 'system.js'), 50791],
    [increment('system.js'), 50791],
    [{ findAndModify: 'system.js', query: {}, remove: true }, 50781],
  ])('refuses to write to system collections in a transaction: %j', async (command, code) => {
    expect(await bench.run(starting(1, 1, command))).toMatchObject({
      ok: 0,
      code,
      errmsg: 'Cannot write to system collection test.system.js within a transaction.',
    })
  })

  it('refuses transaction numbers as a standalone', async () => {
    const standalone = makeBench({ persona: 'standalone' })
    const reply = await standalone.run(starting(1, 1, find))
    expect(reply).toMatchObject({
      ok: 0,
      code: 20,
      errmsg: 'Transaction numbers are only allowed on a replica set member or mongos',
    })
    standalone.stop()
  })
})

describe('concerns outside of transactions', () => {
  // Source: _extractReadConcern, service_entry_point_shard_role.cpp
  it('a command refuses levels that it does not support', async () => {
    const command = { ...insertOne({ _id: 1 }), readConcern: { level: 'majority' } }
    expect(await bench.run(command)).toMatchObject({
      ok: 0,
      code: 72,
      errmsg:
        'Command insert does not support { readConcern: { level: "majority", provenance: "clientSupplied" } } :: caused by :: read concern not supported',
    })
    for (const level of ['local', 'majority', 'linearizable', 'available']) {
      expect(await bench.run({ ...find, readConcern: { level } })).toMatchObject({ ok: 1 })
    }
  })

  it('a cluster time of the future can not be waited for', async () => {
    const afterClusterTime = new Timestamp({ t: 1000, i: 1 })
    const reply = await bench.run({ ...find, readConcern: { afterClusterTime } })
    expect(reply).toMatchObject({ ok: 0, code: 72 })
    expect(reply['errmsg']).toContain('must not be greater than the current clusterTime')
  })

  // Source: replication_coordinator_impl.cpp; code and text of 8.0
  it('a write concern of more nodes than there are comes as an error beside success', async () => {
    const reply = await bench.run({ ...insertOne({ _id: 1 }), writeConcern: { w: 2 } })
    expect(reply).toEqual({
      n: 1,
      writeConcernError: {
        code: 100,
        codeName: 'UnsatisfiableWriteConcern',
        errmsg: 'Not enough data-bearing nodes',
        errInfo: { writeConcern: { w: 2, wtimeout: 0, provenance: 'clientSupplied' } },
      },
      ok: 1,
    })
    expect(Object.keys(reply)).toEqual(['n', 'writeConcernError', 'ok'])
  })

  it.each([
    [{ w: 1 }, undefined],
    [{ w: 'majority', wtimeout: 100 }, undefined],
    [{ j: true }, undefined],
    [{ w: 'nosuch' }, 79],
    [{ w: 3 }, 100],
  ])('write concern %j', async (writeConcern, code) => {
    const reply = await bench.run({ ...insertOne({}), writeConcern })
    expect((reply['writeConcernError'] as Document | undefined)?.['code']).toBe(code)
  })

  it('w: 0 asks for no answer', async () => {
    expect(await bench.run({ ...insertOne({}), writeConcern: { w: 0 } })).toEqual({ ok: 1 })
  })

  it.each([
    [{ ...find, writeConcern: { w: 1 } }, 72, 'Command does not support writeConcern'],
    [
      { ...insertOne({}), writeConcern: { w: 51 } },
      9,
      'w has to be a non-negative number and not greater than 50',
    ],
    [
      { ...insertOne({}), writeConcern: { j: true, fsync: true } },
      9,
      'fsync and j options cannot be used together',
    ],
    [
      { ...insertOne({}), writeConcern: { foo: 1 } },
      40415,
      "BSON field 'writeConcern.foo' is an unknown field.",
    ],
  ])('%j is refused', async (command, code, errmsg) => {
    expect(await bench.run(command)).toMatchObject({ ok: 0, code, errmsg })
  })
})

function increment(coll: string): Document {
  return { update: coll, updates: [{ q: {}, u: { $set: { a: 1 } } }] }
}
