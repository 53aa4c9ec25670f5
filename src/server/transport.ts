import type { Document } from '../bson/index.ts'
import type { Connection, ConnectionOptions } from './connection.ts'
import type { ServerIdentity } from './state.ts'

/** What accompanies a command without being part of it. */
export interface SendOptions {
  /** When it aborts, the client has gone away: reads end early, writes go on. */
  readonly signal?: AbortSignal
  readonly connectionId?: number
}

/** A client's way in: one connection of its own, or several that it numbers itself. */
export interface ServerTransport {
  /**
   * Whether a command that is sent now is certain to be answered, by a server that takes writes.
   */
  readonly isReliable: boolean
  /** Whether the server is one by itself, which knows no transaction numbers. */
  readonly isStandalone: boolean
  send(command: Document, options?: SendOptions): Document | Promise<Document>
}

/** What a transport needs of the server behind it. */
export interface TransportHost {
  readonly isCalm: boolean
  readonly identity: ServerIdentity
  connect(options: ConnectionOptions): Connection
  send(
    command: Document,
    connection: Connection,
    signal: AbortSignal | undefined,
  ): Document | Promise<Document>
}

/** A transport with a connection of its own, and with as many more as its client numbers. */
export function openTransport(host: TransportHost, options: ConnectionOptions): ServerTransport {
  const own = host.connect(options)
  const numbered = new Map<number, Connection>()
  const connectionOf = (id: number | undefined): Connection => {
    if (id === undefined) return own
    const known = numbered.get(id) ?? host.connect(options)
    numbered.set(id, known)
    return known
  }
  return {
    get isReliable() {
      return host.isCalm
    },
    isStandalone: !host.identity.isReplicaSet,
    send: (command, sending) =>
      host.send(command, connectionOf(sending?.connectionId), sending?.signal),
  }
}
