import { type Document, isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Pulled } from '../../exec/plan_executor.ts'
import type { OperationContext } from '../../operation_context.ts'
import { type CompiledFilter, compileFilter } from '../../query/index.ts'
import type { Flow } from '../flow.ts'
import type { StageDescriptor } from '../stage.ts'

/** Source: document_source_match.cpp (8.0). */
export const match: StageDescriptor = {
  name: '$match',
  parse(spec, { expressions }) {
    if (!isDocument(spec)) {
      throw new ServerError(15959, 'the match filter must be an expression in an object')
    }
    const filter = compileFilter(spec, expressions)
    return {
      query: { kind: 'match', filter: spec },
      open: (input) => new MatchFlow(input, filter),
    }
  },
}

class MatchFlow implements Flow {
  document: Document = {}
  readonly #input: Flow
  readonly #filter: CompiledFilter

  constructor(input: Flow, filter: CompiledFilter) {
    this.#input = input
    this.#filter = filter
  }

  next(op: OperationContext): Pulled {
    const input = this.#input
    for (;;) {
      const pulled = input.next(op)
      if (pulled !== 'record') return pulled
      if (!this.#filter.matches(input.document)) continue
      this.document = input.document
      return pulled
    }
  }
}
