import { Binary, Long, type ObjectId, Timestamp } from 'bson'
import { type Document, isDocument, isNumeric, typeOf } from '../bson/index.ts'
import { checkDocumentFields, fieldTable, types } from './fields.ts'
import type { Invocation } from './invocation.ts'
import type { OpTime } from './replication/member.ts'
import type { ServerState } from './state.ts'

/**
 * Logical time travels with every message, both ways: a client that has seen a time on one server
 * tells the next one, so that what it reads there is never older than what it knows.
 * Source: vector_clock.cpp, metadata.cpp, `computeOperationTime` (8.0).
 */

const SIGNATURE = fieldTable(
  { hash: types.binData, keyId: types.safeInt },
  { required: ['hash', 'keyId'], strict: false },
)
const CLUSTER_TIME = fieldTable(
  { clusterTime: types.timestamp, signature: types.object },
  { required: ['clusterTime'], strict: false },
)

/**
 * Takes over the `$clusterTime` of a command. Its signature must be one, and is not verified: who
 * may talk to this server at all may move its clock, as in a server without authentication.
 *
 * @throws ServerError 14, 40414 of its shape; 205 too far ahead, 40484
 */
export function gossipIn(server: ServerState, command: Document, name: string): void {
  const given = command['$clusterTime'] as Document | null
  if (given === null) return
  const { clusterTime, signature } = given
  if (typeOf(clusterTime) !== 'timestamp' || !isSignature(signature)) {
    checkShape(given, `${name}.$clusterTime`)
  }
  const { timestamps, parameters } = server.services
  const driftSecsMax = parameters.get('maxAcceptableLogicalClockDriftSecs')
  timestamps.advanceTo(clusterTime as Timestamp, driftSecsMax)
}

function isSignature(value: unknown): boolean {
  if (!isDocument(value)) return false
  const { hash, keyId } = value
  return typeOf(hash) === 'binData' && isNumeric(keyId)
}

function checkShape(given: Document, path: string): void {
  checkDocumentFields(given, path, CLUSTER_TIME)
  const { signature } = given
  if (isDocument(signature)) checkDocumentFields(signature, `${path}.signature`, SIGNATURE)
}

/** Without keys, cluster time is signed with zeros. */
const NO_SIGNATURE: Document = { hash: new Binary(new Uint8Array(20)), keyId: Long.ZERO }

/**
 * Adds the times to a reply: of the last write, and the greatest that is known. A reply belongs to
 * its one command, and is changed, because to copy it with two fields more takes V8 two
 * microseconds, as long as a find.
 */
export function gossipOut({ services }: ServerState, reply: Document): Document {
  const { timestamps } = services
  reply['operationTime'] = timestamps.lastWrite()
  reply['$clusterTime'] = { clusterTime: timestamps.latest(), signature: NO_SIGNATURE }
  return reply
}

/** What replies to writes tell beside what was written. */
interface WriteTime {
  readonly electionId: ObjectId
  readonly opTime: OpTime
}

/** Of a client that has written nothing. Source: `OpTime::kUninitialized`. */
const NEVER: OpTime = { ts: new Timestamp({ t: 0, i: 0 }), t: Long.NEG_ONE }

/**
 * Adds the primary that took a write, and the time of this client's last one, to the reply of a
 * write command. What a transaction writes has no time before its commit.
 * Source: `populateReply`, write_commands.cpp (8.0).
 */
export function addWriteTime(invocation: Invocation, reply: Document): void {
  const { connection, server, inTransaction } = invocation
  const { replicaSet } = server
  // As with the times of gossip: who does not listen is spared them.
  if (!connection.gossip || replicaSet === undefined) return
  if (!inTransaction) noteWriteTime(invocation)
  const { lastOp = NEVER } = connection
  const times: WriteTime = { electionId: replicaSet.electionId, opTime: lastOp }
  Object.assign(reply, times)
}

/** This connection's client has just written, or found that it need not. */
export function noteWriteTime({ connection, server }: Invocation): void {
  const { replicaSet, services } = server
  if (!connection.gossip || replicaSet === undefined) return
  const ts = services.timestamps.lastWrite()
  const t = Long.fromNumber(replicaSet.term)
  connection.lastOp = { ts, t }
}
