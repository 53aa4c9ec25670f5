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
   * Runs one command, which names its database in `$db`. The reply comes at once where the command
   * needn't wait, and as a promise otherwise; as an operation only where whoever calls the client
   * drives operations (see `driven/`).
   *
   * A server's error is a reply with `ok: 0`. A throw or a rejection means that the connection was
   * lost, or that the transport itself is broken.
   */
  send(command: Document, options?: SendOptions): Document | Promise<Document> | Operation<Document>
}
