import type { Document } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Pulled } from '../../exec/plan_executor.ts'
import type { OperationContext } from '../../operation_context.ts'
import { nonNegativeArgument } from '../argument.ts'
import type { Flow } from '../flow.ts'
import type { StageDescriptor } from '../stage.ts'

/** Source: document_source_limit.cpp (8.0). */
export const limit: StageDescriptor = {
  name: '$limit',
  parse(spec) {
    const argument = nonNegativeArgument('$limit', spec)
    if ('problem' in argument) {
      throw new ServerError(5107201, `invalid argument to $limit stage: ${argument.problem}`)
    }
    const count = argument.value
    if (count === 0) throw new ServerError(15958, 'the limit must be positive')
    return { query: { kind: 'limit', count }, open: (input) => new LimitFlow(input, count) }
  },
}

class LimitFlow implements Flow {
  document: Document = {}
  readonly #input: Flow
  #left: number

  constructor(input: Flow, count: number) {
    this.#input = input
    this.#left = count
  }

  next(op: OperationContext): Pulled {
    if (this.#left === 0) return 'end'
    const pulled = this.#input.next(op)
    if (pulled !== 'record') return pulled
    this.#left--
    this.document = this.#input.document
    return pulled
  }
}
