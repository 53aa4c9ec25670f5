import { Binary } from 'bson'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import {
  type Guarded,
  type GuardedBench,
  logIn,
  makeGuardedBench,
  payload,
  payloadText,
  saslContinue,
  saslStart,
} from './login.ts'
import { ScramClient } from './scram_client.ts'

let bench: GuardedBench
let guarded: Guarded
beforeEach(() => {
  bench = makeGuardedBench([
    { user: 'app', pwd: 'secret' },
    { user: 'other', pwd: 'secret', db: 'shop', roles: ['read'] },
  ])
  guarded = bench.open()
})
afterEach(() => bench.stop())

const FAILED = {
  ok: 0,
  code: 18,
  codeName: 'AuthenticationFailed',
  errmsg: 'Authentication failed.',
}

function clientFor(user: string, password = 'secret'): ScramClient {
  return new ScramClient({ hash: 'sha256', user, password, nonce: 'cnonce' })
}

const whoIsThere = async (one = guarded): Promise<unknown> => {
  const status = await one.run({ connectionStatus: 1 })
  return (status['authInfo'] as Document)['authenticatedUsers']
}

describe('a login', () => {
  it('takes three commands, the last of them empty', async () => {
    const client = clientFor('app')
    const started = await guarded.run(saslStart('SCRAM-SHA-256', client.first()))
    expect(started).toEqual({
      conversationId: 1,
      done: false,
      payload: expect.anything(),
      ok: 1,
    })
    expect(payloadText(started)).toMatch(
      /^r=cnonce[A-Za-z0-9+/]{32},s=[A-Za-z0-9+/]{38}==,i=15000$/,
    )
    const proved = await guarded.run(saslContinue(client.final(payloadText(started))))
    expect(proved).toMatchObject({ conversationId: 1, done: false, ok: 1 })
    expect(payloadText(proved)).toBe(client.expectedFinal)
    expect(await whoIsThere()).toEqual([])
    expect(await guarded.run(saslContinue(''))).toMatchObject({ done: true, ok: 1 })
    expect(await whoIsThere()).toEqual([{ user: 'app', db: 'admin' }])
    expect(bench.log).toEqual([])
  })

  it('takes two where the client leaves out the empty one', async () => {
    const client = clientFor('app')
    const options = { skipEmptyExchange: true }
    const start = { ...saslStart('SCRAM-SHA-256', client.first()), options }
    const started = await guarded.run(start)
    expect(await guarded.run(saslContinue(client.final(payloadText(started))))).toMatchObject({
      done: true,
    })
    expect(await whoIsThere()).toEqual([{ user: 'app', db: 'admin' }])
  })

  it('by SCRAM-SHA-1, with the digest of old for a password', async () => {
    const digest = bench.server.connect() && (await digestOf('app:mongo:secret'))
    const client = new ScramClient({ hash: 'sha1', user: 'app', password: digest, nonce: 'cnonce' })
    const started = await guarded.run(saslStart('SCRAM-SHA-1', client.first()))
    expect(payloadText(started)).toMatch(/,i=10000$/)
    const proved = await guarded.run(saslContinue(client.final(payloadText(started))))
    expect(payloadText(proved)).toBe(client.expectedFinal)
  })

  it('is answered in base64 where it came so', async () => {
    const text = btoa(clientFor('app').first())
    const started = await guarded.run({ ...saslStart('SCRAM-SHA-256', ''), payload: text })
    expect(atob(started['payload'] as string)).toMatch(/^r=cnonce/)
  })

  it('is the same each time, for the same seed', async () => {
    const again = makeGuardedBench([{ user: 'app', pwd: 'secret' }])
    const start = saslStart('SCRAM-SHA-256', clientFor('app').first())
    const first = await makeGuardedBench([{ user: 'app', pwd: 'secret' }])
      .open()
      .run(start)
    expect(await again.open().run(start)).toEqual(first)
  })
})

describe('fails, and says nothing of why', () => {
  it.each([
    ['a wrong password', { user: 'app', pwd: 'wrong' }, 'storedKey mismatch'],
    [
      'an unknown user',
      { user: 'nobody', pwd: 'x' },
      'Could not find user "nobody" for db "admin"',
    ],
    [
      'another database',
      { user: 'app', pwd: 'secret', db: 'shop' },
      'Could not find user "app" for db "shop"; there is one for authSource=admin',
    ],
  ])('%s', async (_name, who, reason) => {
    expect(await logIn(guarded, who)).toEqual(FAILED)
    const { user, db = 'admin' } = who as { user: string; db?: string }
    expect(bench.log).toEqual([
      expect.stringContaining(`connection 2 from 127.0.0.1: login as ${user}@${db} failed: `),
    ])
    expect(bench.log[0]).toContain(reason)
    expect(await whoIsThere()).toEqual([])
  })

  it('a mechanism that the user has no credentials for', async () => {
    const command = { createUser: 'old', pwd: 'x', roles: [], mechanisms: ['SCRAM-SHA-1'] }
    await bench.run({ ...command, $db: 'admin' })
    expect(await logIn(guarded, { user: 'old', pwd: 'x' })).toEqual(FAILED)
    expect(bench.log[0]).toContain('Unable to use SCRAM-SHA-256 based authentication for user')
  })

  it('a nonce that is not ours', async () => {
    const client = clientFor('app')
    const started = await guarded.run(saslStart('SCRAM-SHA-256', client.first()))
    const forged = client.final(payloadText(started), (nonce) => `${nonce}x`)
    expect(await guarded.run(saslContinue(forged))).toEqual(FAILED)
    expect(bench.log[0]).toContain('Unmatched SCRAM nonce')
  })

  it('what a client sent stays one short line of the log', async () => {
    const name = `x\ny${'z'.repeat(1000)}`
    expect(await logIn(guarded, { user: name, pwd: 'x' })).toEqual(FAILED)
    expect(bench.log[0]).toMatch(/^connection 2 from 127\.0\.0\.1: login as x\?yz+$/)
    expect(bench.log[0]).toHaveLength(400)
  })

  it('and where there is no user at all, the log says how to make some', async () => {
    const empty = makeGuardedBench()
    const open = empty.open({ isRequired: false })
    expect(await logIn(open, { user: 'app', pwd: 'secret' })).toEqual(FAILED)
    expect(empty.log[0]).toContain('there are no users: listen and serve take them as { auth:')
    empty.stop()
  })
})

// Source: sasl_commands.cpp, authentication_session.cpp, sasl_payload.cpp (8.0).
describe('out of order', () => {
  const NO_STATE = { code: 17, errmsg: 'No SASL session state found' }

  it('a step without a start', async () => {
    expect(await guarded.run(saslContinue(''))).toMatchObject(NO_STATE)
  })

  it('a failure ends the conversation', async () => {
    const client = clientFor('app', 'wrong')
    const started = await guarded.run(saslStart('SCRAM-SHA-256', client.first()))
    const final = client.final(payloadText(started))
    expect(await guarded.run(saslContinue(final))).toEqual(FAILED)
    expect(await guarded.run(saslContinue(final))).toMatchObject(NO_STATE)
  })

  it('another conversation', async () => {
    await guarded.run(saslStart('SCRAM-SHA-256', clientFor('app').first()))
    const step = { ...saslContinue('x'), conversationId: 2 }
    expect(await guarded.run(step)).toMatchObject({
      code: 17,
      errmsg: 'sasl: Mismatched conversation id',
    })
    expect(await guarded.run(saslContinue('x'))).toMatchObject(NO_STATE)
  })

  it('a second start abandons the first', async () => {
    const [one, two] = [clientFor('app'), clientFor('other')]
    const first = await guarded.run(saslStart('SCRAM-SHA-256', one.first()))
    const second = await guarded.run(saslStart('SCRAM-SHA-256', two.first(), 'shop'))
    const late = await guarded.run(saslContinue(one.final(payloadText(first))))
    expect(late).toEqual(FAILED)
    expect(await guarded.run(saslContinue(two.final(payloadText(second))))).toMatchObject(NO_STATE)
    expect(await logIn(guarded, { user: 'other', pwd: 'secret', db: 'shop' })).toMatchObject({
      done: true,
    })
  })

  it('a user who was dropped in the middle', async () => {
    const client = clientFor('app')
    const started = await guarded.run(saslStart('SCRAM-SHA-256', client.first()))
    await guarded.run(saslContinue(client.final(payloadText(started))))
    await bench.run({ dropUser: 'app', $db: 'admin' })
    expect(await guarded.run(saslContinue(''))).toMatchObject({ code: 11 })
    expect(await whoIsThere()).toEqual([])
  })
})

// Source: authorization_session_impl.cpp (8.0), whose two messages stand the wrong way round.
describe('once somebody has logged in', () => {
  beforeEach(() => logIn(guarded, { user: 'app', pwd: 'secret' }))

  it('the same again is welcome', async () => {
    expect(await logIn(guarded, { user: 'app', pwd: 'secret' })).toMatchObject({ done: true })
  })

  it('another one is not', async () => {
    await bench.run({ createUser: 'third', pwd: 'secret', roles: [], $db: 'admin' })
    expect(await logIn(guarded, { user: 'third', pwd: 'secret' })).toMatchObject({ code: 5626702 })
    const elsewhere = { user: 'other', pwd: 'secret', db: 'shop' }
    expect(await logIn(guarded, elsewhere)).toMatchObject({
      code: 5626701,
      errmsg:
        'Each client connection may only be authenticated once. Previously authenticated as: app@admin',
    })
    expect(await whoIsThere()).toEqual([{ user: 'app', db: 'admin' }])
  })

  it('until they log out, on their own database', async () => {
    expect(await guarded.run({ logout: 1, $db: 'shop' })).toEqual({ ok: 1 })
    expect(await whoIsThere()).toHaveLength(1)
    expect(await guarded.run({ logout: 1, $db: 'admin' })).toEqual({ ok: 1 })
    expect(await whoIsThere()).toEqual([])
    expect(await guarded.run({ logout: 1, $db: 'admin' })).toMatchObject({
      code: 13,
      errmsg: 'Command logout requires authentication',
    })
  })
})

describe('bad input', () => {
  it.each<[string, Document, number, string]>([
    ['no mechanism', { mechanism: undefined }, 40414, "'saslStart.mechanism' is missing"],
    ['no payload', { payload: undefined }, 40414, "'saslStart.payload' is missing"],
    [
      'an unknown mechanism',
      { mechanism: 'PLAIN' },
      334,
      'Received authentication for mechanism PLAIN which is not enabled',
    ],
    [
      'a mechanism that is no text',
      { mechanism: 1 },
      14,
      "wrong type 'int', expected type 'string'",
    ],
    ['a payload that is a number', { payload: 1 }, 2, 'Expected Base64 or BinData, got: int'],
    ['a payload that is no base64', { payload: '%' }, 2, 'Failed decoding SASL payload'],
    [
      'a payload of another subtype',
      { payload: new Binary(new Uint8Array(16), 4) },
      2,
      'Invalid SASLPayload subtype. Expected BinDataGeneral, got: UUID',
    ],
    [
      'an option of another type',
      { options: { skipEmptyExchange: 1 } },
      2,
      'skipEmptyExchange must be boolean',
    ],
    ['an unknown field', { nosuch: 1 }, 40415, 'is an unknown field'],
  ])('%s', async (_name, fields, code, errmsg) => {
    const start = { ...saslStart('SCRAM-SHA-256', clientFor('app').first()), ...fields }
    const present = Object.fromEntries(
      Object.entries(start).filter(([, value]) => value !== undefined),
    )
    const reply = await guarded.run(present)
    expect(reply).toMatchObject({ ok: 0, code })
    expect(reply['errmsg']).toContain(errmsg)
  })

  it('in process there is nothing to log in with', async () => {
    expect(await bench.run(saslStart('SCRAM-SHA-256', 'n,,n=app,r=abcdef'))).toMatchObject({
      code: 334,
    })
  })

  it.each(['MONGODB-X509', 'PLAIN'])('authenticate by %s', async (mechanism) => {
    const command = { authenticate: 1, mechanism, user: 'CN=app', $db: '$external' }
    expect(await guarded.run(command)).toEqual(FAILED)
  })

  it('any bytes at all, in any order: errors, and then a login as ever', async () => {
    const step = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => ({ payload: new Binary(bytes) })),
      fc.string({ maxLength: 30 }).map((text) => ({ payload: payload(`n,,n=app,r=${text}`) })),
      fc.string({ maxLength: 30 }).map((text) => ({ payload: payload(`c=biws,r=${text},p=x`) })),
      fc.constant({ payload: payload(clientFor('app').first()) }),
    )
    const command = fc
      .tuple(fc.boolean(), step)
      .map(([starts, fields]) =>
        starts
          ? { saslStart: 1, mechanism: 'SCRAM-SHA-256', ...fields, $db: 'admin' }
          : { saslContinue: 1, conversationId: 1, ...fields, $db: 'admin' },
      )
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 6 }), async (commands) => {
        const open = bench.open()
        for (const one of commands) {
          const reply = await open.run(one)
          expect([undefined, 17, 18]).toContain(reply['code'])
          expect(reply['done'] ?? false).toBe(false)
        }
        expect(await logIn(open, { user: 'app', pwd: 'secret' })).toMatchObject({ done: true })
      }),
      { numRuns: 100, seed: 1 },
    )
  })
})

describe('within a hello', () => {
  const speculative = (fields: Document): Document => ({
    hello: 1,
    speculativeAuthenticate: {
      saslStart: 1,
      mechanism: 'SCRAM-SHA-256',
      payload: payload(clientFor('app').first()),
      db: 'admin',
      options: { skipEmptyExchange: true },
      ...fields,
    },
    $db: 'admin',
  })

  it('the first step is taken at once', async () => {
    const client = clientFor('app')
    const hello = await guarded.run(speculative({}))
    const reply = hello['speculativeAuthenticate'] as Document
    expect(reply).toEqual({ conversationId: 1, done: false, payload: expect.anything() })
    const final = client.final(payloadText(reply))
    expect(await guarded.run(saslContinue(final))).toMatchObject({ done: true, ok: 1 })
    expect(await whoIsThere()).toEqual([{ user: 'app', db: 'admin' }])
  })

  it.each<[string, Document]>([
    ['an unknown user', { payload: payload('n,,n=nobody,r=abcdef') }],
    ['garbage', { payload: payload('garbage') }],
    ['an unknown mechanism', { mechanism: 'PLAIN' }],
    ['no database', { db: undefined }],
    ['an unknown field', { nosuch: 1 }],
  ])('%s: as if it had not been tried, and no word in the log', async (_name, fields) => {
    const hello = await guarded.run(speculative(fields))
    expect(hello).toMatchObject({ ok: 1, isWritablePrimary: true })
    expect(hello).not.toHaveProperty('speculativeAuthenticate')
    expect(await guarded.run(saslContinue(''))).toMatchObject({ code: 17 })
    expect(bench.log).toEqual([])
  })

  it('by certificate: as if it had not been tried', async () => {
    const fields = { authenticate: 1, mechanism: 'MONGODB-X509', db: '$external' }
    const hello = await guarded.run({ hello: 1, speculativeAuthenticate: fields })
    expect(hello).not.toHaveProperty('speculativeAuthenticate')
  })

  // Source: hello_auth.cpp (8.0)
  it.each<[Document, number]>([
    [{ speculativeAuthenticate: {} }, 2],
    [{ speculativeAuthenticate: { find: 1 } }, 51769],
    [{ speculativeAuthenticate: 1 }, 14],
    [{ saslSupportedMechs: 'nodot' }, 2],
    [{ saslSupportedMechs: 1 }, 2],
  ])('%j is refused', async (fields, code) => {
    expect(await guarded.run({ hello: 1, ...fields })).toMatchObject({ ok: 0, code })
  })

  it.each<[unknown, unknown]>([
    ['admin.app', ['SCRAM-SHA-256', 'SCRAM-SHA-1']],
    [{ user: 'app', db: 'admin' }, ['SCRAM-SHA-256', 'SCRAM-SHA-1']],
    ['admin.old', ['SCRAM-SHA-1']],
    ['admin.nobody', undefined],
    ['shop.app', undefined],
  ])('how %j can log in: %j', async (saslSupportedMechs, mechanisms) => {
    const old = { createUser: 'old', pwd: 'x', roles: [], mechanisms: ['SCRAM-SHA-1'] }
    await bench.run({ ...old, $db: 'admin' })
    const reply = await guarded.run({ hello: 1, saslSupportedMechs })
    expect(reply['saslSupportedMechs']).toEqual(mechanisms)
  })
})

async function digestOf(text: string): Promise<string> {
  const { createHash } = await import('node:crypto')
  return createHash('md5').update(text).digest('hex')
}
