import { type Document, isDocument, typeNameOf } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { Connection } from '../connection.ts'
import { checkDocumentFields, fieldTable, types } from '../fields.ts'
import { SASL_START_FIELDS, SASL_START_REQUIRED, startSasl } from './authentication.ts'
import { MECHANISM_NAMES } from './mechanisms.ts'
import { fullUserName, type UserName } from './names.ts'
import type { Users } from './users.ts'

/**
 * What a hello has to do with a login: how this user can log in, and a first step of it, taken
 * before the client knows whether it would work, which saves a round trip. Source: hello_auth.cpp
 * (8.0).
 *
 * @throws ServerError 2, 14, 51769
 */
export function loginFields(command: Document, connection: Connection, users: Users): Document {
  const { saslSupportedMechs: asked, speculativeAuthenticate: speculative } = command
  const fields: Document = {}
  if (asked !== undefined) {
    const mechanisms = mechanismsOf(users, fullUserName(asked))
    if (mechanisms !== undefined) fields['saslSupportedMechs'] = mechanisms
  }
  if (speculative !== undefined) {
    const reply = speculate(speculative, connection, users)
    if (reply !== undefined) fields['speculativeAuthenticate'] = reply
  }
  return fields
}

/** The strongest first; nothing for a user who is not there. */
function mechanismsOf(users: Users, name: UserName): string[] | undefined {
  const known = users.find(name)?.credentials.mechanisms
  return known && MECHANISM_NAMES.filter((one) => known.includes(one)).reverse()
}

/** What a hello must look like for the step to be tried at all. */
function speculate(given: unknown, connection: Connection, users: Users): Document | undefined {
  if (!isDocument(given)) {
    throw new ServerError(
      'TypeMismatch',
      `BSON field 'hello.speculativeAuthenticate' is the wrong type '${typeNameOf(given)}', expected type 'object'`,
    )
  }
  const [name] = Object.keys(given)
  if (name === undefined) {
    throw new ServerError('BadValue', 'hello.speculativeAuthenticate must be a non-empty Object')
  }
  // A certificate, of which there is none.
  if (name === 'authenticate') return undefined
  if (name !== 'saslStart') {
    throw new ServerError(51769, `hello.speculativeAuthenticate unknown command: ${name}`)
  }
  return startOrNothing(given, connection, users)
}

/** As a field of a hello, a saslStart names its database `db`. */
const FIELDS = fieldTable(
  { saslStart: types.any, db: types.string, ...SASL_START_FIELDS },
  { required: [...SASL_START_REQUIRED, 'db'] },
)

/** A failure is as good as never tried. */
function startOrNothing(
  given: Document,
  connection: Connection,
  users: Users,
): Document | undefined {
  try {
    checkDocumentFields(given, 'speculative saslStart', FIELDS)
    const { ok: _ok, ...reply } = startSasl(connection, users, {
      db: given['db'] as string,
      mechanism: given['mechanism'] as string,
      payload: given['payload'],
      options: given['options'] as Document | undefined,
      isSpeculative: true,
    })
    return reply
  } catch (error) {
    if (error instanceof ServerError) return undefined
    throw error
  }
}
