import type { Document } from '../../bson/index.ts'
import type { Pulled } from '../exec/plan_executor.ts'
import type { OperationContext } from '../operation_context.ts'
import type { Flow } from './flow.ts'

/** Makes one document of each that comes in. */
export class MapFlow implements Flow {
  document: Document = {}
  readonly #input: Flow
  readonly #map: (document: Document) => Document

  constructor(input: Flow, map: (document: Document) => Document) {
    this.#input = input
    this.#map = map
  }

  next(op: OperationContext): Pulled {
    const pulled = this.#input.next(op)
    if (pulled === 'record') this.document = this.#map(this.#input.document)
    return pulled
  }
}
