import { type Document, isDocument } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { parseClientMetadata } from '../client_metadata.ts'
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
 * @throws ServerError 186, 183 to 185, 14 for what the client says of itself
 */
export function shakeHands(
  command: Document,
  connection: Connection,
  admitsUnnamed: boolean,
): Handshake {
  const client = command['client']
  const saysNothing = client === undefined || (admitsUnnamed && isEmptyDocument(client))
  if (!saysNothing) recordClient(client, connection)
  connection.hasMetadata = true
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

/** Source: `ClientMetadata::setFromMetadata`, client_metadata.cpp (8.0). */
function recordClient(given: unknown, connection: Connection): void {
  if (connection.hasMetadata) {
    throw new ServerError(
      'ClientMetadataCannotBeMutated',
      'The client metadata document may only be sent in the first hello',
    )
  }
  const { appName, driverName, document } = parseClientMetadata(given)
  connection.metadata = document
  connection.driverName = driverName
  connection.appName = appName ?? connection.appName
}
