import type { Document } from '../bson/index.ts'
import type { Exchange } from './auth/authentication.ts'
import { AuthorizationSession, type LoginOptions } from './auth/authorization_session.ts'
import type { Users } from './auth/users.ts'
import type { OpTime } from './replication/member.ts'

/**
 * One client's connection, as far as commands see it. The in-process client has one; each socket of
 * the wire protocol has one.
 */
export interface Connection {
  readonly id: number
  /** The client's address, as profile entries show it. */
  readonly client: string
  /** On whose behalf its commands run, for a strategy that picks who goes next. */
  readonly owner: unknown
  /** From the client's handshake. */
  appName: string | undefined
  /** From the client's handshake: `nodejs`, `nodejs|Mongoose`. */
  driverName: string | undefined
  /** Whether the first hello has passed, which may say who the client is. */
  hasMetadata: boolean
  /** What it said, for those who look at operations. */
  metadata: Document | undefined
  /** Whether the client has said that it knows `hello` by that name. */
  knowsHello: boolean
  /** `host:port` as this client reaches the server; undefined for the server's own idea of it. */
  readonly host: string | undefined
  /** What its messages may be compressed by. */
  readonly compressors: readonly string[]
  /** Whether replies carry `operationTime` and `$clusterTime`. */
  readonly gossip: boolean
  /** Whether those to commands of a session do, even where others do not. */
  readonly gossipsInSessions: boolean
  /** Who is at the other end, and what they may do. */
  readonly authorization: AuthorizationSession
  /** A login in progress. */
  exchange: Exchange | undefined
  /** Whether its client has written anything yet. */
  hasWritten: boolean
  /** When its client wrote last, where replies tell of it. */
  lastOp: OpTime | undefined
}

export interface ConnectionOptions {
  /** On whose behalf its commands run, for a strategy that picks who goes next. */
  readonly owner?: unknown
  readonly client?: string
  readonly appName?: string
  readonly gossip?: boolean
  /** Default: as `gossip`. */
  readonly gossipsInSessions?: boolean
  readonly host?: string
  readonly compressors?: readonly string[]
  /** Given where somebody can log in; without it the client is trusted. */
  readonly login?: LoginOptions
}

export function newConnection(
  id: number,
  users: Users,
  options: ConnectionOptions = {},
): Connection {
  const { client = '127.0.0.1', appName, gossip = false, host, compressors = [] } = options
  return {
    id,
    client,
    owner: options.owner,
    appName,
    driverName: undefined,
    hasMetadata: false,
    metadata: undefined,
    knowsHello: false,
    host,
    compressors,
    gossip,
    gossipsInSessions: options.gossipsInSessions ?? gossip,
    authorization: new AuthorizationSession(users, options.login),
    exchange: undefined,
    hasWritten: false,
    lastOp: undefined,
  }
}
