import { Binary } from 'bson'
import type { Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { Connection } from '../connection.ts'
import { type FieldRules, types } from '../fields.ts'
import type { LoginOptions } from './authorization_session.ts'
import { isMechanismName, MECHANISMS, type MechanismName } from './mechanisms.ts'
import { type UserName, userText } from './names.ts'
import { answerTo, type Payload, payloadOf } from './sasl_payload.ts'
import { ScramConversation, type ScramCredentials, type ScramReply } from './scram.ts'
import type { Users } from './users.ts'

/**
 * A login in progress: what a connection remembers from `saslStart` to its end. There is one at a
 * time; another start abandons it. Source: authentication_session.cpp (8.0).
 */
export interface Exchange {
  readonly db: string
  readonly conversation: ScramConversation
  /** The step came within a hello: a failure then is as good as never asked. */
  readonly isSpeculative: boolean
}

/** What a `saslStart` asks for, wherever it comes: as a command, or within a hello. */
export interface SaslStart {
  readonly db: string
  readonly mechanism: string
  readonly payload: unknown
  readonly options: Document | undefined
  readonly isSpeculative: boolean
}

/** The fields of a saslStart. Source: sasl_commands.idl (8.0). */
export const SASL_START_FIELDS: FieldRules = {
  mechanism: types.string,
  payload: types.any,
  /** Taken for granted, whatever it says. */
  autoAuthorize: types.safeBool,
  options: types.object,
}

export const SASL_START_REQUIRED: readonly string[] = ['mechanism', 'payload']

/** One conversation at a time, and this is its id. */
const CONVERSATION_ID = 1

const NONCE_BYTES = 24

/** @throws ServerError 334, 2 for what was asked; 18 for a login that failed */
export function startSasl(connection: Connection, users: Users, start: SaslStart): Document {
  const payload = payloadOf(start.payload)
  connection.exchange = undefined
  const { login } = connection.authorization
  const { mechanism, db } = start
  if (login === undefined || !isMechanismName(mechanism)) {
    throw new ServerError(
      'MechanismUnavailable',
      `Received authentication for mechanism ${mechanism} which is not enabled`,
    )
  }
  const conversation = new ScramConversation({
    mechanism: MECHANISMS[mechanism],
    cryptography: login.cryptography,
    serverNonce: new Binary(users.random.bytes(NONCE_BYTES)).toString('base64'),
    skipEmptyExchange: skipsEmptyExchange(start.options),
    credentialsOf: (user) => credentialsOf(users, { user, db }, mechanism, login),
  })
  return step(connection, users, { db, conversation, isSpeculative: start.isSpeculative }, payload)
}

/** @throws ServerError 17 without a start; 18 for a login that failed */
export function continueSasl(connection: Connection, users: Users, command: Document): Document {
  const payload = payloadOf(command['payload'])
  const { exchange } = connection
  connection.exchange = undefined
  if (exchange === undefined) {
    throw new ServerError('ProtocolError', 'No SASL session state found')
  }
  if (command['conversationId'] !== CONVERSATION_ID) {
    throw new ServerError('ProtocolError', 'sasl: Mismatched conversation id')
  }
  return step(connection, users, { ...exchange, isSpeculative: false }, payload)
}

/** Whatever fails ends the exchange. Source: `doSaslStep`, sasl_commands.cpp (8.0). */
function step(
  connection: Connection,
  users: Users,
  exchange: Exchange,
  payload: Payload,
): Document {
  const { conversation, db } = exchange
  const reply = stepOrFail(connection, exchange, payload)
  if (reply.done) {
    connection.authorization.logIn(users.require({ user: conversation.userName, db }))
  } else {
    connection.exchange = exchange
  }
  return {
    conversationId: CONVERSATION_ID,
    done: reply.done,
    payload: answerTo(payload, reply.payload),
    ok: 1,
  }
}

/** @throws ServerError 18 whatever the reason, which only the log is told */
function stepOrFail(connection: Connection, exchange: Exchange, payload: Payload): ScramReply {
  try {
    return exchange.conversation.step(payload.text)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    const { conversation, db, isSpeculative } = exchange
    if (!isSpeculative) {
      const { id, client, authorization } = connection
      const who = userText({ user: conversation.userName, db })
      const line = `connection ${id} from ${client}: login as ${who} failed: ${error.message}`
      authorization.login?.log(printable(line))
    }
    throw authenticationFailed()
  }
}

const LOG_CHARACTERS_MAX = 400

/** Part of the line is what a client sent: it stays one line, and a short one. */
function printable(line: string): string {
  return line.slice(0, LOG_CHARACTERS_MAX).replace(/[^\x20-\x7e\u{a0}-\u{10ffff}]/gu, '?')
}

/** All that a client is told. */
export function authenticationFailed(): ServerError {
  return new ServerError('AuthenticationFailed', 'Authentication failed.')
}

function credentialsOf(
  users: Users,
  name: UserName,
  mechanism: MechanismName,
  { cryptography }: LoginOptions,
): ScramCredentials {
  const user = users.find(name)
  if (user === undefined) throw unknownUser(users, name)
  const credentials = user.credentials.for(mechanism, cryptography)
  if (credentials !== undefined) return credentials
  throw new ServerError(
    'MechanismUnavailable',
    `Unable to use ${mechanism} based authentication for user without any ${mechanism} credentials registered`,
  )
}

/** The server's reason and, for those who set up a test, what they may have forgotten. */
function unknownUser(users: Users, { user, db }: UserName): ServerError {
  const elsewhere = users.all().filter(({ name }) => name.user === user)
  const hint =
    users.size === 0
      ? '; there are no users: listen and serve take them as { auth: { users: [{ user, pwd }] } }'
      : elsewhere.map(({ name }) => `; there is one for authSource=${name.db}`).join('')
  return new ServerError('UserNotFound', `Could not find user "${user}" for db "${db}"${hint}`)
}

function skipsEmptyExchange(options: Document | undefined): boolean {
  const asked = options?.['skipEmptyExchange'] ?? false
  if (typeof asked === 'boolean') return asked
  throw new ServerError('BadValue', 'skipEmptyExchange must be boolean')
}
