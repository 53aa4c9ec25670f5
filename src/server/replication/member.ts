import type { Long, Timestamp } from 'bson'
import { ServerError } from '../../engine/index.ts'
import type { Invocation } from '../invocation.ts'
import type { ReplicaSetConfig } from './config.ts'
import type { ReplicaSet } from './replica_set.ts'

/** A time in the oplog, and the term it was written in. */
export interface OpTime {
  readonly ts: Timestamp
  readonly t: Long
}

/** Where this client reaches the node. */
export function dialledHost({ connection, server }: Invocation): string {
  return connection.host ?? server.identity.host
}

/**
 * The one member, as its set is configured; without a configuration of its own it is wherever a
 * client dialled it, which is what drivers go on with.
 */
export function memberHost(invocation: Invocation, config: ReplicaSetConfig): string {
  return config.member.host ?? dialledHost(invocation)
}

/** @throws ServerError 76 on a server by itself. Source: `checkReplEnabledForCommand` */
export function requireReplicaSet({ server }: Invocation): ReplicaSet {
  if (server.replicaSet !== undefined) return server.replicaSet
  throw new ServerError('NoReplicationEnabled', 'not running with --replSet')
}

/** @throws ServerError 76, 94. Source: `processReplSetGetConfig`, `processReplSetGetStatus` */
export function requireConfig(set: ReplicaSet): ReplicaSetConfig {
  if (set.config !== undefined) return set.config
  throw new ServerError('NotYetInitialized', 'no replset config has been received')
}
