import type { Document } from '../../bson/index.ts'
import type { Pulled } from '../exec/plan_executor.ts'
import type { OperationContext } from '../operation_context.ts'

/**
 * Documents, one at a time: what a stage pulls from the one before it, and offers to the one after
 * it. Where the plan at the far end must yield, `yield` goes all the way down the chain, and the
 * next pull goes on where this one stopped: so a stage keeps what it has so far in its fields.
 */
export interface Flow {
  next(op: OperationContext): Pulled
  /** The document it stands on, after `next` said `record`. Nobody may change it. */
  readonly document: Document
}

/** Documents that are there already. */
export class DocumentsFlow implements Flow {
  document: Document = {}
  readonly #documents: readonly Document[]
  #at = 0

  constructor(documents: readonly Document[]) {
    this.#documents = documents
  }

  next(): Pulled {
    const document = this.#documents[this.#at]
    if (document === undefined) return 'end'
    this.#at++
    this.document = document
    return 'record'
  }
}

/** Takes in everything before it gives anything: `$sort`, `$group`. */
export abstract class BlockingFlow implements Flow {
  document: Document = {}
  readonly #input: Flow
  #output: Flow | undefined = undefined

  constructor(input: Flow) {
    this.#input = input
  }

  protected abstract take(document: Document): void
  protected abstract finish(op: OperationContext): Iterable<Document>

  next(op: OperationContext): Pulled {
    if (this.#output === undefined) {
      for (;;) {
        const pulled = this.#input.next(op)
        if (pulled === 'yield') return pulled
        if (pulled === 'end') break
        this.take(this.#input.document)
      }
      this.#output = new DocumentsFlow([...this.finish(op)])
    }
    const pulled = this.#output.next(op)
    this.document = this.#output.document
    return pulled
  }
}
