/** A filter, compiled once and run over many documents. */
import type { Document } from '../../bson/index.ts'
import { BINARY_ORDER, type ValueOrder } from '../collation/index.ts'
import type { ExpressionContext } from '../expression/index.ts'
import { analyze, type FilterAnalysis } from './analysis.ts'
import type { Expression } from './expression.ts'
import { normalize } from './normalize.ts'
import { TreeParser } from './parse.ts'
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
  /** How it compares values. */
  readonly order: ValueOrder
  /** Whether it belongs to one command, and must not be kept for another. */
  readonly isBound: boolean
  #analysis: FilterAnalysis | undefined

  constructor(
    filter: Document,
    expressions: ExpressionContext | undefined,
    order: ValueOrder = expressions?.order ?? BINARY_ORDER,
  ) {
    this.filter = filter
    const parser = new TreeParser(expressions, order)
    this.order = parser.order
    this.expression = normalize(parser.parseFilter(filter), parser.order)
    this.isBound = parser.isBound || parser.order !== BINARY_ORDER
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
 * @param expressions what `$expr` is compiled in, and how values compare; nothing: `$expr` is not
 *   allowed, and they compare by their bytes
 * @throws ServerError with the server's code: 2 BadValue for what is no filter, 238 NotImplemented
 *   for operators that are still to come, and the codes of each operator
 */
export function compileFilter(filter: Document, expressions?: ExpressionContext): CompiledFilter {
  return new CompiledFilter(filter, expressions)
}

/**
 * Compiles a filter that is part of no command: it compares in this order, and knows no `$expr`.
 */
export function orderedFilter(filter: Document, order: ValueOrder): CompiledFilter {
  return new CompiledFilter(filter, undefined, order)
}
