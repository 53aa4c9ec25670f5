/** Groups the statements of a bulk write into commands, as the driver does. */
import type { Document } from 'bson'
import type { StatementKind } from './models.ts'

/** `maxWriteBatchSize` and `maxBsonObjectSize`, as the server's `hello` gives them. */
export const MAX_STATEMENTS = 100_000
export const MAX_BYTES = 16 * 1024 * 1024

/** What an array's element costs beside its value: a type, an index of five digits, NUL. */
const ELEMENT_BYTES = 7

/** The statements of one command. */
export interface Batch {
  readonly kind: StatementKind
  /** As the caller gave them, for write errors. */
  readonly ops: Document[]
  /** Copied in. */
  readonly sent: Document[]
  /** The place of each in what the caller gave. */
  readonly indexes: number[]
  sizeBytes: number
}

/**
 * Collects statements into batches. Ordered, a batch ends where the kind changes; unordered, there
 * is one open batch of each kind, and full ones go first.
 */
export class Batches {
  readonly #ordered: boolean
  readonly #full: Batch[] = []
  readonly #open: Map<StatementKind, Batch> = new Map()

  constructor(options: { readonly ordered: boolean }) {
    this.#ordered = options.ordered
  }

  add(kind: StatementKind, index: number, op: Document, sent: Document, sizeBytes: number): void {
    if (this.#ordered) {
      for (const [other, batch] of this.#open) if (other !== kind) this.#close(batch)
    }
    const open = this.#open.get(kind)
    if (open !== undefined && !hasRoom(open, sizeBytes)) this.#close(open)
    const batch = this.#open.get(kind) ?? { kind, ops: [], sent: [], indexes: [], sizeBytes: 0 }
    this.#open.set(kind, batch)
    batch.ops.push(op)
    batch.sent.push(sent)
    batch.indexes.push(index)
    batch.sizeBytes += ELEMENT_BYTES + sizeBytes
  }

  /** All batches, in the order they are sent. */
  all(): readonly Batch[] {
    const rest: readonly StatementKind[] = ['insert', 'update', 'delete']
    return [...this.#full, ...rest.flatMap((kind) => this.#open.get(kind) ?? [])]
  }

  #close(batch: Batch): void {
    this.#full.push(batch)
    this.#open.delete(batch.kind)
  }
}

/** The driver keeps one statement, and a little room, below both limits. */
function hasRoom(batch: Batch, sizeBytes: number): boolean {
  return (
    batch.sent.length + 1 < MAX_STATEMENTS &&
    batch.sizeBytes + ELEMENT_BYTES + sizeBytes < MAX_BYTES
  )
}
