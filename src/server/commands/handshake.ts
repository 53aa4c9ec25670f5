import { type Document, isDocument, utf8Length } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { Connection } from '../connection.ts'
import { isTrue } from '../truth.ts'

/** What the first hello of a connection settles, as fields of its reply. */
export interface Handshake {
  /** Before all others. */
  readonly first: Document
  /** After all others. */
  readonly last: Document
}

/**
 * The part of a hello that is about the connection: who the client is, whether it knows `hello` by
 * name, and what may be compressed by what. A reply that lists no compressor agrees on none.
 *
 * @param admitsUnnamed takes an empty document for who the client is. The server does not. Node.js
 *   drivers from 7.6 on send one where they can't `import()`, as within Jest (NODE-7832).
 * @throws ServerError 186, 183, 184, 14 for what the client says of itself
 */
export function shakeHands(
  command: Document,
  connection: Connection,
  admitsUnnamed: boolean,
): Handshake {
  const client = command['client']
  if (admitsUnnamed && isEmptyDocument(client)) connection.hasMetadata = true
  else if (client !== undefined) recordClient(client, connection)
  if (isTrue(command['helloOk'])) connection.knowsHello = true
  const offered = command['compression']
  const common = Array.isArray(offered)
    ? offered.filter((name) => connection.compressors.includes(name as string))
    : []
  return {
    first: connection.knowsHello ? { helloOk: true } : {},
    last: common.length > 0 ? { compression: common } : {},
  }
}

function isEmptyDocument(value: unknown): boolean {
  return isDocument(value) && Object.keys(value).length === 0
}

const APP_NAME_BYTES_MAX = 128

/** Source: client_metadata.cpp (8.0). */
function recordClient(given: unknown, connection: Connection): void {
  if (connection.hasMetadata) {
    throw new ServerError(
      'ClientMetadataCannotBeMutated',
      'The client metadata document may only be sent in the first hello',
    )
  }
  if (!isDocument(given)) {
    throw new ServerError('TypeMismatch', 'The client metadata document must be a document')
  }
  for (const required of ['driver', 'os']) {
    if (isDocument(given[required])) continue
    throw new ServerError(
      'ClientMetadataMissingField',
      `Missing required sub-document '${required}' in the client metadata document`,
    )
  }
  const appName = appNameIn(given['application'])
  connection.hasMetadata = true
  const driverName = (given['driver'] as Document)['name']
  if (typeof driverName === 'string') connection.driverName = driverName
  if (appName !== undefined && appName !== '') connection.appName = appName
}

function appNameIn(application: unknown): string | undefined {
  if (!isDocument(application)) return undefined
  const { name } = application
  if (typeof name !== 'string') return undefined
  if (utf8Length(name) <= APP_NAME_BYTES_MAX) return name
  throw new ServerError(
    'ClientMetadataAppNameTooLarge',
    `The 'application.name' field must be less then or equal to ${APP_NAME_BYTES_MAX} bytes in length`,
  )
}
