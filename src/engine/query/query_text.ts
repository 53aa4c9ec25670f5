import { canonicalText, type Document } from '../../bson/index.ts'
import type { CompiledFilter } from './compile_filter.ts'
import type { Expression } from './expression.ts'

/** What a query asks beside its filter, as far as messages show it. */
export interface QueryTextParts {
  readonly sort?: Document | undefined
  readonly projection?: Document | undefined
  readonly batchSize?: number | undefined
  readonly limit?: number | undefined
  readonly skip?: number | undefined
}

/**
 * A query as error messages print it: its filter as a tree, one line a node.
 * Source: `CanonicalQuery::toString`, canonical_query.cpp (8.0)
 */
export function queryText(ns: string, filter: CompiledFilter, parts: QueryTextParts): string {
  const { sort = {}, projection = {}, batchSize, limit, skip } = parts
  let text = `ns=${ns}`
  if (batchSize !== undefined) text += ` batchSize=${batchSize}`
  if (limit) text += ` limit=${limit}`
  if (skip) text += ` skip=${skip}`
  const tree = linesOf(filter.expression, 0).join('\n')
  return `${text}Tree: ${tree}\nSort: ${canonicalText(sort)}\nProj: ${canonicalText(projection)}\n`
}

/** Four spaces a level, as `MatchExpression::debugString` has it. */
function linesOf(expression: Expression, depth: number): string[] {
  const line = (text: string): string => `${'    '.repeat(depth)}${text}`
  switch (expression.kind) {
    case 'leaf': {
      const { path, operator, operand } = expression
      return [line(`${path} ${operator} ${canonicalText(operand)}`)]
    }
    case 'not':
      return [line('$not'), ...linesOf(expression.child, depth + 1)]
    case 'constant':
      return [line(`${expression.value ? '$alwaysTrue' : '$alwaysFalse'}: 1`)]
    case 'computed':
      return [line('$expr')]
    default: {
      const children = expression.children.flatMap((child) => linesOf(child, depth + 1))
      return [line(`$${expression.kind}`), ...children]
    }
  }
}
