/**
 * Our client and the official driver, given the same calls and the same replies, send the same
 * commands and come to the same results and errors.
 *
 * What differs on purpose is taken out before comparing: the driver's implicit sessions (`lsid`) where
 * they carry no transaction number, and its gossip, since the server here is in the same process.
 */
import { type Document, EJSON } from 'bson'
import type { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BULK } from './calls/bulk_calls.ts'
import { type Call, ok, type Thing } from './calls/call.ts'
import { CATALOG } from './calls/catalog_calls.ts'
import { CHANGE_STREAMS } from './calls/change_stream_calls.ts'
import { FIND_AND_MODIFY } from './calls/find_and_modify_calls.ts'
import { READS } from './calls/read_calls.ts'
import { SESSIONS } from './calls/session_calls.ts'
import { SETTINGS } from './calls/setting_calls.ts'
import { TRANSACTIONS } from './calls/transaction_calls.ts'
import { WRITES } from './calls/write_calls.ts'
import { DriverStub } from './driver_stub.ts'
import { asReceived, scripted } from './scripted.ts'

const stub = new DriverStub()
let driver: MongoClient

beforeAll(async () => {
  await stub.listen()
  driver = await stub.connect({ maxPoolSize: 1 })
})
afterAll(async () => {
  await driver.close()
  await stub.close()
})

describe.each([
  ['writes', WRITES],
  ['findAndModify', FIND_AND_MODIFY],
  ['bulk writes', BULK],
  ['reads', READS],
  ['the catalog', CATALOG],
  ['settings', SETTINGS],
  ['change streams', CHANGE_STREAMS],
  ['sessions', SESSIONS],
  ['transactions', TRANSACTIONS],
])('%s', (_, calls) => {
  test.each(calls)('%s', async (_what, call, replies) => {
    stub.script(replies)
    const theirs = await outcomeOf(call, driver)
    // An unacknowledged write may still be on its way.
    await driver.db('admin').command({ ping: 1 })

    const { client, transport } = scripted(replies.length === 0 ? [ok] : replies)
    const ours = await outcomeOf(call, client as unknown as MongoClient)

    expect(comparable(transport.commands)).toEqual(comparable(stub.commands))
    expect(ours).toEqual(theirs)
  })
})

/** The result, or what an application would ask an error for. */
async function outcomeOf(call: Call[1], client: MongoClient): Promise<unknown> {
  const db = client.db('shop')
  try {
    return plain(await call({ client, db, things: db.collection<Thing>('things') }))
  } catch (error) {
    const { name, message, code, codeName, errorLabels, errmsg } = error as Document
    const { writeErrors, result, keyValue, errInfo, writeConcernErrors, partialResult } =
      error as Document
    return plain({
      ...{ name, message, code, codeName, errorLabels, errmsg, keyValue, errInfo },
      writeErrors: writeErrors instanceof Map ? [...writeErrors] : writeErrors,
      ...{ result, writeConcernErrors, partialResult },
    })
  }
}

/** By value: the classes are two different packages'. A field that is undefined is none. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map) return { map: [...value].map(plain) }
  if (Array.isArray(value)) return value.map(plain)
  if ('_bsontype' in value || value instanceof Date) return EJSON.serialize({ value })
  const fields = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(fields.map(([name, inner]) => [name, plain(inner)]))
}

/** Commands as text, so that the order of nested fields counts. */
function comparable(commands: readonly Document[]): string[] {
  // The driver's sessions come from a pool, with the numbers of earlier tests.
  const firstNumbers = new Map<string, number>()
  return commands.map((command) => {
    const { lsid, $clusterTime: _, ...rest } = asReceived(command)
    if (rest['txnNumber'] !== undefined) {
      const number = Number(rest['txnNumber'])
      const id = String(lsid?.id)
      if (!firstNumbers.has(id)) firstNumbers.set(id, number)
      rest['lsid'] = `session ${[...firstNumbers.keys()].indexOf(id)}`
      rest['txnNumber'] = number - (firstNumbers.get(id) as number)
    }
    const [name] = Object.keys(rest)
    // Statements travel in a section of their own, so that the place of a field says nothing.
    const fields = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))
    return EJSON.stringify({ name, fields }, undefined, 2, { relaxed: false })
  })
}
