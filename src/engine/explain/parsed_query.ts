import type { Document } from '../../bson/index.ts'
import type { CompiledFilter, Expression, Leaf } from '../query/index.ts'

/** Operators whose operand is kept as it was given. */
const PLAIN: ReadonlySet<string> = new Set(['$eq', '$gt', '$gte', '$lt', '$lte'])

/**
 * A filter as it was understood: `{ a: 1, b: 2 }` is an `$and` of two `$eq`. A filter with an
 * operator beyond comparisons is shown as it was given.
 */
export function parsedQuery(filter: CompiledFilter): Document {
  return describe(filter.expression) ?? filter.filter
}

function describe(expression: Expression): Document | undefined {
  switch (expression.kind) {
    case 'leaf':
      return describeLeaf(expression)
    case 'not': {
      const { child } = expression
      if (child.kind === 'leaf') return negated(child)
      const inner = describe(child)
      return inner === undefined ? undefined : { $nor: [inner] }
    }
    case 'computed':
      return undefined
    case 'constant':
      return { [expression.value ? '$alwaysTrue' : '$alwaysFalse']: 1 }
    default: {
      if (expression.kind === 'and' && expression.children.length === 0) return {}
      const inner = expression.children.map(describe)
      if (inner.includes(undefined)) return undefined
      return { [`$${expression.kind}`]: inner }
    }
  }
}

function describeLeaf({ path, operator, operand }: Leaf): Document | undefined {
  return PLAIN.has(operator) ? { [path]: { [operator]: operand } } : undefined
}

function negated({ path, operator, operand }: Leaf): Document | undefined {
  return PLAIN.has(operator) ? { [path]: { $not: { [operator]: operand } } } : undefined
}
