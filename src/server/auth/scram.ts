/**
 * # SCRAM: proving a password without sending it
 *
 * The server keeps no password, but two keys that are made of it (RFC 5802, 7677):
 *
 *     SaltedPassword  = PBKDF2(password, salt, iterations)
 *     StoredKey       = H(ClientKey),  ClientKey = HMAC(SaltedPassword, "Client Key")
 *     ServerKey       = HMAC(SaltedPassword, "Server Key")
 *
 * Four messages prove to each side that the other one knows the password:
 *
 *     C: n,,n=user,r=cnonce                          client-first
 *     S: r=cnonce+snonce,s=salt,i=iterations         server-first
 *     C: c=biws,r=cnonce+snonce,p=ClientProof        client-final
 *     S: v=ServerSignature                           server-final
 *
 * `ClientProof` is the client's key, hidden by a signature of all that was said so far; who knows
 * `StoredKey` can uncover it and see whether its hash is `StoredKey`. Since the nonces are new each
 * time, what was overheard is of no use later. The server signs the same words with `ServerKey`.
 *
 * MongoDB then sends an empty message each way, which clients may ask to leave out.
 *
 * The order of checks and the reasons are the server's (sasl_scram_server_conversation.cpp, 8.0).
 * Clients never see the reasons, only that it failed; they go to the log.
 */
import { Binary } from 'bson'
import { ServerError } from '../../engine/index.ts'
import { areEqualBytes, type Cryptography, utf8, xorBytes } from './cryptography.ts'
import type { Mechanism } from './mechanisms.ts'

/** What is kept of a password, as user documents store it: bytes as base64. */
export interface ScramCredentials {
  readonly iterationCount: number
  readonly salt: string
  readonly storedKey: string
  readonly serverKey: string
}

/** The mechanism's keys of a password that it has prepared. */
export function deriveCredentials(
  { hash, iterationCount }: Pick<Mechanism, 'hash' | 'iterationCount'>,
  prepared: string,
  salt: Uint8Array,
  cryptography: Cryptography,
): ScramCredentials {
  const salted = cryptography.pbkdf2(hash, prepared, salt, iterationCount)
  const clientKey = cryptography.hmac(hash, salted, utf8('Client Key'))
  return {
    iterationCount,
    salt: base64(salt),
    storedKey: base64(cryptography.digest(hash, clientKey)),
    serverKey: base64(cryptography.hmac(hash, salted, utf8('Server Key'))),
  }
}

export interface ScramParts {
  readonly mechanism: Pick<Mechanism, 'hash'>
  readonly cryptography: Cryptography
  /** The server's half of the nonce: printable, without commas. */
  readonly serverNonce: string
  /** Whether the last, empty exchange is left out. */
  readonly skipEmptyExchange: boolean
  /** @throws ServerError where the user is unknown or can't use the mechanism */
  credentialsOf(userName: string): ScramCredentials
}

export interface ScramReply {
  readonly payload: string
  readonly done: boolean
}

const NONCE_FIELD_CHARACTERS_MIN = 6

/** The server's side of one exchange. A message that is refused ends it. */
export class ScramConversation {
  readonly #parts: ScramParts
  /** Who logs in; empty until the client said so. */
  userName = ''
  #step = 0
  #nonce = ''
  /** All that was said so far, which is what both sides sign. */
  #authMessage = ''
  #credentials: ScramCredentials | undefined = undefined

  constructor(parts: ScramParts) {
    this.#parts = parts
  }

  /** @throws ServerError with the reason, which is not for the client's eyes */
  step(message: string): ScramReply {
    this.#step++
    if (this.#step === 1) return { payload: this.#first(message), done: false }
    if (this.#step === 2) {
      return { payload: this.#final(message), done: this.#parts.skipEmptyExchange }
    }
    return { payload: '', done: true }
  }

  #first(message: string): string {
    const { authzid, bare } = splitHeader(message)
    const [nameField = '', nonceField = ''] = fieldsOf(bare, { step: 'first', otherFields: 2 })
    if (!nameField.startsWith('n=') || nameField.length < 3) {
      throw bad(`Invalid SCRAM user name: ${nameField}`)
    }
    this.userName = nameField.slice(2).replaceAll('=2C', ',').replaceAll('=3D', '=')
    if (authzid !== '' && authzid !== this.userName) {
      throw bad(`SCRAM user name ${this.userName} does not match authzid ${authzid}`)
    }
    checkNonce(nonceField, 'Invalid SCRAM client nonce')
    const credentials = this.#parts.credentialsOf(this.userName)
    const { salt, iterationCount } = credentials
    this.#credentials = credentials
    this.#nonce = nonceField.slice(2) + this.#parts.serverNonce
    const reply = `r=${this.#nonce},s=${salt},i=${iterationCount}`
    this.#authMessage = `${bare},${reply}`
    return reply
  }

  #final(message: string): string {
    const lastComma = message.lastIndexOf(',')
    if (lastComma === -1) throw badCount('second', 1)
    const withoutProof = message.slice(0, lastComma)
    const proofField = message.slice(lastComma + 1)
    this.#authMessage += `,${withoutProof}`
    if (proofField.length < 3 || !proofField.startsWith('p=')) {
      throw bad(`Incorrect SCRAM ClientProof: ${proofField}`)
    }
    const [binding = '', nonceField = ''] = fieldsOf(withoutProof, {
      step: 'second',
      otherFields: 1,
    })
    if (binding.length < 3 || !binding.startsWith('c=')) {
      throw bad(`Incorrect SCRAM channel binding: ${binding}`)
    }
    checkNonce(nonceField, 'Incorrect SCRAM client|server nonce')
    const nonce = nonceField.slice(2)
    if (nonce !== this.#nonce) {
      throw bad(
        `Unmatched SCRAM nonce received from client in second step, expected ${this.#nonce} but received ${nonce}`,
      )
    }
    return `v=${this.#signatureFor(proofField.slice(2))}`
  }

  /** @returns the server's signature, if the client's proof is right */
  #signatureFor(proof: string): string {
    const { mechanism, cryptography } = this.#parts
    const { hash } = mechanism
    const { storedKey, serverKey } = this.#credentials!
    const stored = bytesOf(storedKey)
    const said = utf8(this.#authMessage)
    const clientKey = xorBytes(bytesOf(proof), cryptography.hmac(hash, stored, said))
    if (!areEqualBytes(cryptography.digest(hash, clientKey), stored)) {
      throw new ServerError(
        'AuthenticationFailed',
        'SCRAM authentication failed, storedKey mismatch',
      )
    }
    return base64(cryptography.hmac(hash, bytesOf(serverKey), said))
  }
}

/**
 * Takes the GS2 header off the client's first message: `n,,` or `y,,`, which say that no channel is
 * bound, with the name of whom to act for between the commas.
 */
function splitHeader(message: string): { readonly authzid: string; readonly bare: string } {
  const flagEnd = message.indexOf(',')
  if (flagEnd === -1) throw badCount('first', 1)
  const flag = message.slice(0, flagEnd)
  if (flag.startsWith('p=')) throw bad('Server does not support channel binding')
  if (flag !== 'y' && flag !== 'n') throw bad(`Incorrect SCRAM client message prefix: ${flag}`)
  const headerEnd = message.indexOf(',', flagEnd + 1)
  if (headerEnd === -1) throw badCount('first', 2)
  const authzid = message.slice(flagEnd + 1, headerEnd)
  if (authzid !== '' && !authzid.startsWith('a=')) throw bad(`Incorrect SCRAM authzid: ${authzid}`)
  const bare = message.slice(headerEnd + 1)
  if (bare.startsWith('m=')) throw bad('SCRAM mandatory extensions are not supported')
  return { authzid: authzid.slice(2), bare }
}

/** Empty fields don't count. */
function fieldsOf(
  text: string,
  message: { readonly step: 'first' | 'second'; readonly otherFields: number },
): string[] {
  const fields = text.split(',').filter((field) => field !== '')
  if (fields.length < 2) throw badCount(message.step, fields.length + message.otherFields)
  return fields
}

function checkNonce(field: string, complaint: string): void {
  if (field.startsWith('r=') && field.length >= NONCE_FIELD_CHARACTERS_MIN) return
  throw bad(`${complaint}: ${field}`)
}

const bad = (reason: string): ServerError => new ServerError('BadValue', reason)

function badCount(step: 'first' | 'second', got: number): ServerError {
  return bad(
    `Incorrect number of arguments for ${step} SCRAM client message, got ${got} expected at least 3`,
  )
}

const bytesOf = (text: string): Uint8Array => Binary.createFromBase64(text).value()
const base64 = (bytes: Uint8Array): string => new Binary(bytes).toString('base64')
