import { Long, ObjectId, type Timestamp } from 'bson'
import { ServerError } from '../engine/index.ts'
import type { Invocation } from './invocation.ts'

/** The only term there is: one node elects itself once. */
export const TERM: Long = Long.fromNumber(1)

/** The set's own id; server: made by replSetInitiate. */
export const REPLICA_SET_ID: ObjectId = new ObjectId('000000000000000000000001')

/** The one member, as this client reaches it. */
export function memberHost({ connection, server }: Invocation): string {
  return connection.host ?? server.identity.host
}

/** A time in the oplog, and the term it was written in. */
export interface OpTime {
  readonly ts: Timestamp
  readonly t: Long
}

/** @throws ServerError 76 on a server by itself. Source: `checkReplEnabledForCommand` */
export function checkReplicaSet({ server }: Invocation): void {
  if (server.identity.isReplicaSet) return
  throw new ServerError('NoReplicationEnabled', 'not running with --replSet')
}
