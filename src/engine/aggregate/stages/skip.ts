import type { Document } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Pulled } from '../../exec/plan_executor.ts'
import type { OperationContext } from '../../operation_context.ts'
import { nonNegativeArgument } from '../argument.ts'
import type { Flow } from '../flow.ts'
import type { StageDescriptor } from '../stage.ts'

/** Source: document_source_skip.cpp (8.0). */
export const skip: StageDescriptor = {
  name: '$skip',
  parse(spec) {
    const argument = nonNegativeArgument('$skip', spec)
    if ('problem' in argument) {
      throw new ServerError(5107200, `invalid argument to $skip stage: ${argument.problem}`)
    }
    const count = argument.value
    return { query: { kind: 'skip', count }, open: (input) => new SkipFlow(input, count) }
  },
}

class SkipFlow implements Flow {
  document: Document = {}
  readonly #input: Flow
  #left: number

  constructor(input: Flow, count: number) {
    this.#input = input
    this.#left = count
  }

  next(op: OperationContext): Pulled {
    const input = this.#input
    for (;;) {
      const pulled = input.next(op)
      if (pulled !== 'record') return pulled
      if (this.#left > 0) {
        this.#left--
        continue
      }
      this.document = input.document
      return pulled
    }
  }
}
