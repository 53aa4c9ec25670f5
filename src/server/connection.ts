/**
 * One client's connection, as far as commands see it. The in-process client has one; each socket of
 * the wire protocol has one.
 */
export interface Connection {
  readonly id: number
  /** The client's address, as profile entries show it. */
  readonly client: string
  /** From the client's handshake. */
  appName: string | undefined
  /** Whether replies carry `operationTime` and `$clusterTime`. */
  readonly gossip: boolean
  /** How many writes had been done after this connection's last one; 0 until its first. */
  lastWrite: number
}

export interface ConnectionOptions {
  readonly client?: string
  readonly appName?: string
  readonly gossip?: boolean
}

export function newConnection(id: number, options: ConnectionOptions = {}): Connection {
  const { client = '127.0.0.1', appName, gossip = false } = options
  return { id, client, appName, gossip, lastWrite: 0 }
}
