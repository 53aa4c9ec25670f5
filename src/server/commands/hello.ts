import { Long } from 'bson'
import type { Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { loginFields } from '../auth/hello_login.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { memberHost } from '../replication/member.ts'
import type { ReplicaSet } from '../replication/replica_set.ts'
import { shakeHands } from './handshake.ts'

/** Wire versions: 25 is 8.0. Source: wire_version.h */
const WIRE_VERSION_MAX = 25

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
  const agreed = shakeHands(command, connection, server.admitsUnnamedClients)
  const localTime = new Date(Math.floor(op.clock.now()))
  return {
    ...agreed.first,
    ...(server.replicaSet === undefined
      ? { [primaryField]: true }
      : replicaSetFields(invocation, server.replicaSet, primaryField, localTime)),
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
    ...loginFields(command, connection, server.users),
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

/** Source: `fillHelloForReplSet`, topology_coordinator.cpp; hello_response.cpp (8.0). */
export function replicaSetFields(
  invocation: Invocation,
  set: ReplicaSet,
  primaryField: string,
  localTime: Date,
): Document {
  const { server, connection } = invocation
  const { config } = set
  if (config === undefined) {
    const info = 'Does not have a valid replica set config'
    return { [primaryField]: false, secondary: false, info, isreplicaset: true }
  }
  // In process nobody watches a server to find out where to go next.
  if (connection.gossip) set.notePrimarySought()
  const host = memberHost(invocation, config)
  const { tags } = config.member
  const isPrimary = set.state === 'PRIMARY'
  const opTime = { ts: server.services.timestamps.lastWrite(), t: Long.fromNumber(set.term) }
  return {
    hosts: [host],
    setName: set.setName,
    setVersion: config.version,
    [primaryField]: set.acceptsWrites,
    secondary: set.state === 'SECONDARY',
    ...(isPrimary ? { primary: host } : {}),
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
    me: host,
    ...(isPrimary ? { electionId: set.electionId } : {}),
    lastWrite: {
      opTime,
      lastWriteDate: localTime,
      majorityOpTime: opTime,
      majorityWriteDate: localTime,
    },
  }
}
