import { type Document, isDocument } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { readBson } from './bson_reader.ts'
import { documentEnd } from './documents.ts'
import { HEADER_BYTES, ProtocolError } from './protocol.ts'

/**
 * OP_QUERY and OP_REPLY, the protocol before OP_MSG. All that is left of it is the first message of
 * drivers that do not know yet how new the server is: `isMaster` to a `$cmd` collection.
 *
 *     header 16 | flags 4 | ns, 00 | numberToSkip 4 | numberToReturn 4 | query | [fields]
 *
 * Source: dbmessage.h, check_allowed_op_query_cmd.cpp of the server (8.0).
 */
const NAMESPACE_AT = HEADER_BYTES + 4
const COUNTS_BYTES = 8

const COMMAND_COLLECTION = '.$cmd'
const ALLOWED: ReadonlySet<string> = new Set(['hello', 'isMaster', 'ismaster'])

/**
 * Reads the command out of a whole message, header included.
 *
 * @throws ProtocolError where the message is malformed; ServerError 5739101 for a query that is no
 *   command, 352 for a command that needs OP_MSG, 22 for bad BSON
 */
export function readOpQuery(message: Buffer): Document {
  const nsEnd = message.indexOf(0, NAMESPACE_AT)
  const queryAt = nsEnd + 1 + COUNTS_BYTES
  if (nsEnd === -1 || queryAt > message.length) {
    throw new ProtocolError('an OP_QUERY ends before its query')
  }
  const ns = message.toString('utf8', NAMESPACE_AT, nsEnd)
  const queryEnd = documentEnd(message, queryAt, message.length)
  if (!ns.endsWith(COMMAND_COLLECTION)) {
    throw new ServerError(
      5739101,
      'OP_QUERY is no longer supported. The client driver may require an upgrade. For more details see https://dochub.mongodb.org/core/legacy-opcode-removal',
    )
  }
  const query = readBson(message, queryAt, queryEnd)
  const command = isDocument(query['$query']) ? query['$query'] : query
  checkAllowed(command)
  return { ...command, $db: ns.slice(0, -COMMAND_COLLECTION.length) }
}

function checkAllowed(command: Document): void {
  const [name = ''] = Object.keys(command)
  if (ALLOWED.has(name)) return
  throw new ServerError(
    'UnsupportedOpQueryCommand',
    `Unsupported OP_QUERY command: ${name}. The client driver may require an upgrade. For more details see https://dochub.mongodb.org/core/legacy-opcode-removal`,
  )
}
