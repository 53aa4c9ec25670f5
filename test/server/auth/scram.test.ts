import { Binary } from 'bson'
import { describe, expect, it } from 'vitest'
import { deriveCredentials, ScramConversation } from '../../../src/server/auth/scram.ts'
import { nodeCryptography as cryptography } from '../../../src/server/wire/node_cryptography.ts'
import { ScramClient } from './scram_client.ts'

/** The example exchanges: RFC 7677 section 3, RFC 5802 section 5. */
const EXAMPLES = {
  'SCRAM-SHA-256': {
    hash: 'sha256',
    serverNonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
    salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
    clientFirst: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
    serverFirst:
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    clientFinal:
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
  'SCRAM-SHA-1': {
    hash: 'sha1',
    serverNonce: '3rfcNHYJY1ZVvWVs7j',
    salt: 'QSXCR+Q6sek8bf92',
    clientFirst: 'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
    serverFirst: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    clientFinal:
      'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    serverFinal: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
} as const

type Example = (typeof EXAMPLES)[keyof typeof EXAMPLES]

function converse(example: Example, options: { readonly skipEmptyExchange?: boolean } = {}) {
  const { hash, salt, serverNonce } = example
  const mechanism = { hash, iterationCount: 4096 }
  const bytes = Binary.createFromBase64(salt).value()
  const credentials = deriveCredentials(mechanism, 'pencil', bytes, cryptography)
  return new ScramConversation({
    mechanism,
    cryptography,
    serverNonce,
    skipEmptyExchange: options.skipEmptyExchange ?? false,
    credentialsOf: () => credentials,
  })
}

describe.each(Object.entries(EXAMPLES))('the example of %s', (_name, example) => {
  it('word for word', () => {
    const conversation = converse(example)
    expect(conversation.step(example.clientFirst)).toEqual({
      payload: example.serverFirst,
      done: false,
    })
    expect(conversation.userName).toBe('user')
    expect(conversation.step(example.clientFinal)).toEqual({
      payload: example.serverFinal,
      done: false,
    })
    expect(conversation.step('')).toEqual({ payload: '', done: true })
  })

  it('without the empty exchange', () => {
    const conversation = converse(example, { skipEmptyExchange: true })
    conversation.step(example.clientFirst)
    expect(conversation.step(example.clientFinal)).toEqual({
      payload: example.serverFinal,
      done: true,
    })
  })

  it('a proof that differs in one bit', () => {
    const conversation = converse(example)
    conversation.step(example.clientFirst)
    const at = example.clientFinal.indexOf(',p=') + 3
    const flipped = example.clientFinal[at] === 'v' ? 'w' : 'v'
    const forged = example.clientFinal.slice(0, at) + flipped + example.clientFinal.slice(at + 1)
    expect(() => conversation.step(forged)).toThrow('storedKey mismatch')
  })
})

it('names with commas and equal signs', () => {
  const conversation = converse(EXAMPLES['SCRAM-SHA-256'])
  const client = new ScramClient({
    hash: 'sha256',
    user: 'a=b,c',
    password: 'pencil',
    nonce: 'xyz0',
  })
  const { payload } = conversation.step(client.first())
  expect(conversation.userName).toBe('a=b,c')
  expect(conversation.step(client.final(payload)).payload).toBe(client.expectedFinal)
})

// The reasons are the server's: sasl_scram_server_conversation.cpp (8.0).
describe('what makes no sense', () => {
  it.each([
    ['', 'Incorrect number of arguments for first SCRAM client message, got 1 expected at least 3'],
    ['garbage', 'got 1 expected at least 3'],
    ['n,', 'Incorrect number of arguments for first SCRAM client message, got 2 expected'],
    ['n,,', 'got 2 expected at least 3'],
    ['n,,n=user', 'got 3 expected at least 3'],
    ['p=tls-unique,,n=user,r=abcdef', 'Server does not support channel binding'],
    ['x,,n=user,r=abcdef', 'Incorrect SCRAM client message prefix: x'],
    ['n,user,n=user,r=abcdef', 'Incorrect SCRAM authzid: user'],
    ['n,a=other,n=user,r=abcdef', 'SCRAM user name user does not match authzid other'],
    ['n,,m=ext,n=user,r=abcdef', 'SCRAM mandatory extensions are not supported'],
    ['n,,n=,r=abcdef', 'Invalid SCRAM user name: n='],
    ['n,,u=user,r=abcdef', 'Invalid SCRAM user name: u=user'],
    ['n,,n=user,r=abc', 'Invalid SCRAM client nonce: r=abc'],
    ['n,,n=user,s=abcdef', 'Invalid SCRAM client nonce: s=abcdef'],
  ])('first message %j', (message, reason) => {
    expect(() => converse(EXAMPLES['SCRAM-SHA-256']).step(message)).toThrow(reason)
  })

  const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
  it.each([
    ['', 'Incorrect number of arguments for second SCRAM client message, got 1 expected'],
    ['garbage', 'got 1 expected at least 3'],
    [`c=biws,r=${nonce}`, 'Incorrect SCRAM ClientProof: r='],
    [`c=biws,r=${nonce},p=`, 'Incorrect SCRAM ClientProof: p='],
    ['c=biws,p=abc', 'got 2 expected at least 3'],
    [`b=biws,r=${nonce},p=abc`, 'Incorrect SCRAM channel binding: b=biws'],
    ['c=biws,r=abc,p=abc', 'Incorrect SCRAM client|server nonce: r=abc'],
    [
      'c=biws,r=another,p=abc',
      `Unmatched SCRAM nonce received from client in second step, expected ${nonce} but received another`,
    ],
    [`c=biws,r=${nonce},p=AAAA`, 'storedKey mismatch'],
    [`c=biws,r=${nonce},p=!!!!`, 'storedKey mismatch'],
  ])('last message %j', (message, reason) => {
    const conversation = converse(EXAMPLES['SCRAM-SHA-256'])
    conversation.step(EXAMPLES['SCRAM-SHA-256'].clientFirst)
    expect(() => conversation.step(message)).toThrow(reason)
  })
})

it('a client with a header of its own choice is taken at its word', () => {
  const conversation = converse(EXAMPLES['SCRAM-SHA-256'])
  expect(conversation.step('y,a=user,n=user,r=abcdef,x=ext').payload).toMatch(/^r=abcdef%hvY/)
})
