import { Long, ObjectId } from 'bson'
import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'

/** Wire versions: 25 is 8.0. Source: wire_version.h */
const WIRE_VERSION_MAX = 25

/** The election that made this node primary; there has been one. Source: ElectionId of term 1. */
const ELECTION_ID = new ObjectId('7fffffff0000000000000001')
const TERM = Long.fromNumber(1)

/**
 * How clients find out whom they talk to. `topologyVersion` is left out on purpose: without it no
 * client streams, and all poll. Source: replication_info.cpp, hello.idl (8.0).
 */
export const hello = {
  name: 'hello',
  target: 'database',
  strict: false,
  inApiVersion1: true,
  countsAsCommand: true,
  beforeAuthentication: true,
  run(invocation: Invocation): Document {
    return { ...describeServer(invocation, 'isWritablePrimary'), ok: 1 }
  },
} as const satisfies CommandDescriptor

/** What both names of the command answer, but for the name of one field. */
export function describeServer(invocation: Invocation, primaryField: string): Document {
  const { server, op, connection } = invocation
  const localTime = new Date(Math.floor(op.clock.now()))
  return {
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
  }
}

function replicaSetFields({ server }: Invocation, primaryField: string, localTime: Date): Document {
  const { host, setName } = server.identity
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
