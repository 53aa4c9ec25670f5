/**
 * The canonical shape of a filter's tree. What the planner, an upsert and the retry after a
 * duplicate key read is this shape, so `{ $and: [{ a: 1 }, { $or: [{ b: { $in: [2] } }] }] }` is to
 * them, as to the server, an AND of two equalities.
 *
 * - An AND within an AND is merged into it, an OR within an OR, a NOR's ORs into the NOR.
 * - A branch with one child is that child (a NOR then is a NOT).
 * - `$in` of one value is `$eq`; of one regular expression, `$regex`.
 * - The children of an AND, the fields of a filter, are sorted by kind and path: equalities first.
 *
 * Source: server, MatchExpression::normalize, InMatchExpression::getOptimizer.
 */

import type { ValueOrder } from '../collation/index.ts'
import { asRegex } from '../expression/index.ts'
import type { Branch, Expression, Leaf } from './expression.ts'
import { equality } from './operators/equality.ts'
import { regexLeaf } from './operators/regex.ts'

export function normalize(expression: Expression, order: ValueOrder): Expression {
  switch (expression.kind) {
    case 'leaf':
      return normalizeLeaf(expression, order)
    case 'constant':
    case 'computed':
      return expression
    case 'not': {
      const child = normalize(expression.child, order)
      return child.kind === 'not' ? child.child : { kind: 'not', child }
    }
    default:
      return normalizeBranch(expression, order)
  }
}

function normalizeLeaf(leaf: Leaf, order: ValueOrder): Leaf {
  if (leaf.operator !== '$in') return leaf
  const values = leaf.operand as readonly unknown[]
  if (values.length !== 1) return leaf
  const regex = asRegex(values[0])
  return regex === undefined ? equality(leaf.path, values[0], order) : regexLeaf(leaf.path, regex)
}

function normalizeBranch(branch: Branch, order: ValueOrder): Expression {
  const { kind, children } = branch
  const merged = kind === 'nor' ? 'or' : kind
  const flat: Expression[] = []
  for (const child of children) {
    const normal = normalize(child, order)
    if (normal.kind !== merged) flat.push(normal)
    else for (const grandchild of normal.children) flat.push(grandchild)
  }
  const [only] = flat
  if (flat.length === 1 && only !== undefined) {
    return kind === 'nor' ? normalize({ kind: 'not', child: only }, order) : only
  }
  if (kind === 'and' && !isSorted(flat)) flat.sort(byKindAndPath)
  return { kind, children: flat }
}

/** Most filters are, and asking is cheaper than sorting. */
function isSorted(children: readonly Expression[]): boolean {
  for (let i = 1; i < children.length; i++) {
    if (byKindAndPath(children[i - 1]!, children[i]!) > 0) return false
  }
  return true
}

/** Stable: predicates of one kind on one path keep their order. */
function byKindAndPath(a: Expression, b: Expression): number {
  const ranks = rankOf(a) - rankOf(b)
  if (ranks !== 0 || a.kind !== 'leaf' || b.kind !== 'leaf') return ranks
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0
}

/** Cheap and selective first: the order also decides which child of an AND is asked first. */
function rankOf(expression: Expression): number {
  if (expression.kind !== 'leaf') return 3
  return expression.operator === '$eq' ? 0 : expression.operator === '$regex' ? 2 : 1
}
