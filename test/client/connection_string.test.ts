/** Source: specifications, connection-string and uri-options. */
import { describe, expect, test } from 'vitest'
import { createClient, MongoParseError } from '../../src/client/index.ts'
import { Random } from '../../src/sim/index.ts'
import { FakeClock, ScriptedTransport } from './scripted.ts'

const clientOf = (uri: string, options = {}) =>
  createClient({
    transport: new ScriptedTransport([]),
    clock: new FakeClock(),
    random: new Random(1),
    uri,
    options,
  })

describe('a connection string', () => {
  test.each<[string, object]>([
    ['mongodb://localhost', {}],
    ['mongodb://127.0.0.1:27017/shop', { dbName: 'shop' }],
    ['mongodb://user:p%40ss@a,b:5/?replicaSet=rs0&directConnection=true', {}],
    ['mongodb://h/?retryWrites=false&retryReads=true', { retryWrites: false, retryReads: true }],
    ['mongodb://h/?RETRYWRITES=false', { retryWrites: false }],
    [
      'mongodb://h/?w=2&journal=true&wtimeoutMS=5',
      {
        writeConcern: { w: 2, journal: true, wtimeoutMS: 5 },
      },
    ],
    ['mongodb://h/?w=majority', { writeConcern: { w: 'majority' } }],
    ['mongodb://h/?readConcernLevel=majority', { readConcern: { level: 'majority' } }],
    ['mongodb://h/?readPreference=nearest', { readPreference: 'nearest' }],
    [
      'mongodb://h/?timeoutMS=5&serverSelectionTimeoutMS=6&maxAdaptiveRetries=0',
      {
        ...{ timeoutMS: 5, serverSelectionTimeoutMS: 6, maxAdaptiveRetries: 0 },
      },
    ],
  ])('%s', (uri, options) => {
    expect(clientOf(uri).options).toEqual(options)
  })

  test('gives way to options', () => {
    const { options } = clientOf('mongodb://h/a?retryWrites=false', { retryWrites: true })
    expect(options).toEqual({ dbName: 'a', retryWrites: true })
  })

  test.each<[string, string]>([
    ['localhost:27017', 'Invalid scheme'],
    ['mongodb+srv://h', 'Invalid scheme'],
    ['mongodb://', 'Invalid scheme'],
    [
      'mongodb://h/?retryWrites=yes',
      'Expected retryWrites to be stringified boolean value, got: yes',
    ],
    ['mongodb://h/?timeoutMS=-1', 'Expected timeoutMS to be a non-negative whole number, got: -1'],
    ['mongodb://h/?retryWrites=', 'URI option "retryWrites" cannot be specified with no value'],
    ['mongodb://h/?maxPoolSize=5', 'option maxpoolsize is not supported'],
  ])('%s is refused', (uri, message) => {
    expect(() => clientOf(uri)).toThrow(MongoParseError)
    expect(() => clientOf(uri)).toThrow(message)
  })
})
