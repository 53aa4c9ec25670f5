/** A filter, compiled once and run over many documents. */
import type { Document } from '../../bson/index.ts'
import { analyze, type FilterAnalysis } from './analysis.ts'
import type { Expression } from './expression.ts'
import { normalize } from './normalize.ts'
import { parseFilter } from './parse.ts'
import { compilePredicate, type Predicate } from './predicate.ts'

export class CompiledFilter {
  /** The filter as given. It must not change any more: operands are not copied. */
  readonly filter: Document
  /** Whether a document satisfies the filter. */
  readonly matches: Predicate
  /** Whether the filter asks for nothing, `{}`. */
  readonly isEmpty: boolean
  /** In canonical shape. */
  readonly expression: Expression
  #analysis: FilterAnalysis | undefined

  constructor(filter: Document) {
    this.filter = filter
    this.expression = normalize(parseFilter(filter))
    this.matches = compilePredicate(this.expression)
    this.isEmpty = this.expression.kind === 'and' && this.expression.children.length === 0
  }

  /** What the filter tells the planner; worked out when first asked for. */
  get analysis(): FilterAnalysis {
    this.#analysis ??= analyze(this.expression)
    return this.#analysis
  }
}

/**
 * Compiles a filter.
 *
 * @throws ServerError with the server's code: 2 BadValue for what is no filter, 238 NotImplemented
 *   for operators that are still to come, and the codes of each operator
 */
export function compileFilter(filter: Document): CompiledFilter {
  return new CompiledFilter(filter)
}
