import type { Document } from '../bson/index.ts'
import type { Operation } from '../sim/index.ts'

/** What accompanies a command without being part of it. */
export interface SendOptions {
  /** When it aborts, nobody waits for the reply any more: as if the client's socket had closed. */
  readonly signal?: AbortSignal
  /** Which connection the command came over, for `currentOp` and the profiler. */
  readonly connectionId?: number
}

/**
 * The seam between the driver's half and the server's: one command document in, one reply document
 * out. Nothing else crosses it, so the same client runs over any implementation.
 *
 * Ownership: a command's documents belong to the server from `send` on, and a reply's documents
 * stay the server's. The client copies on both sides (`copyIn`, `copyOut`); the transport needn't.
 */
export interface Transport {
  /**
   * Whether a command that is sent now is certain to be answered, by a server that takes writes.
   * Retryable writes of one statement then do without a transaction number. To say so is a promise:
   * such a write that ends with `ok: 0` has not been done. Default: nobody knows.
   */
  readonly isReliable?: boolean
  /** Whether the server is one by itself, which knows no transaction numbers. */
  readonly isStandalone?: boolean
  /**
   * Runs one command, which names its database in `$db`. The reply comes at once where the command
   * needn't wait, and as a promise otherwise; as an operation only where whoever calls the client
   * drives operations (see `driven/`).
   *
   * A server's error is a reply with `ok: 0`. A throw or a rejection means that the connection was
   * lost, where the error's name is `ConnectionClosedError`, or that the transport itself is
   * broken.
   */
  send(command: Document, options?: SendOptions): Document | Promise<Document> | Operation<Document>
}

/** Whether the connection was lost: nobody knows if the command was run. */
export function isConnectionLost(caught: unknown): boolean {
  return caught instanceof Error && caught.name === 'ConnectionClosedError'
}
