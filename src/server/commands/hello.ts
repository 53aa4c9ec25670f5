import { Long, ObjectId } from 'bson'
import type { Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { shakeHands } from './handshake.ts'

/** Wire versions: 25 is 8.0. Source: wire_version.h */
const WIRE_VERSION_MAX = 25

/**
 * The election that made this node primary; there has been one. It is the same in every simulator,
 * so that a driver which goes on with another one at the same address never sees it go back.
 * Source: ElectionId of term 1.
 */
const ELECTION_ID = new ObjectId('7fffffff0000000000000001')
const TERM = Long.fromNumber(1)

/**
 * How clients find out whom they talk to. Source: replication_info.cpp, hello.idl (8.0).
 *
 * `topologyVersion` is left out on purpose. With it clients stream: they leave a hello with the
 * server and wait for the next change, on real time whatever our clock shows; and every error that
 * a fault injects would need a version newer than the client's last, or be ignored as stale.
 * Without it they poll, every ten seconds and after each such error, which always finds the truth.
 */
export const hello = {
  name: 'hello',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  inApiVersion1: true,
  countsAsCommand: true,
  beforeAuthentication: true,
  run(invocation: Invocation): Document {
    return describeServer(invocation, 'isWritablePrimary')
  },
} as const satisfies CommandDescriptor

/** What both names of the command answer, but for the name of one field. */
export function describeServer(invocation: Invocation, primaryField: string): Document {
  const { server, op, connection, command } = invocation
  checkAwaitable(command)
  const agreed = shakeHands(command, connection)
  const localTime = new Date(Math.floor(op.clock.now()))
  return {
    ...agreed.first,
    ...(server.identity.isReplicaSet
      ? replicaSetFields(invocation, primaryField, localTime)
      : { [primaryField]: true }),
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime,
    logicalSessionTimeoutMinutes: op.parameters.get('localLogicalSessionTimeoutMinutes'),
    connectionId: connection.id,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION_MAX,
    readOnly: false,
    ...agreed.last,
    ok: 1,
  }
}

/** @throws ServerError 31368: who would wait for a change must say since when, and how long */
function checkAwaitable({ maxAwaitTimeMS, topologyVersion }: Document): void {
  if ((maxAwaitTimeMS === undefined) === (topologyVersion === undefined)) return
  throw new ServerError(
    31368,
    topologyVersion === undefined
      ? "A request with 'maxAwaitTimeMS' must include a 'topologyVersion'"
      : "A request with a 'topologyVersion' must include 'maxAwaitTimeMS'",
  )
}

function replicaSetFields(
  { server, connection }: Invocation,
  primaryField: string,
  localTime: Date,
): Document {
  const { setName } = server.identity
  const host = connection.host ?? server.identity.host
  const opTime = { ts: server.clusterTime(), t: TERM }
  return {
    hosts: [host],
    setName,
    setVersion: 1,
    [primaryField]: true,
    secondary: false,
    primary: host,
    me: host,
    electionId: ELECTION_ID,
    lastWrite: {
      opTime,
      lastWriteDate: localTime,
      majorityOpTime: opTime,
      majorityWriteDate: localTime,
    },
  }
}
