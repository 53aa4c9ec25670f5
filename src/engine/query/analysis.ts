/** What a filter tells those who do not run it over documents: the planner, an upsert, a retry. */
import { typeOf } from '../../bson/index.ts'
import type { Expression, Leaf } from './expression.ts'

/** An equality that every match must have, at a dotted path. */
export interface PathEquality {
  readonly path: string
  readonly value: unknown
}

export interface FilterAnalysis {
  /** The one value of `_id` that the filter asks for, if it asks for that and nothing else. */
  readonly equalityId: { readonly value: unknown } | undefined
  /** The leaves that all must hold, by path: what index bounds are made from. */
  readonly conjuncts: ReadonlyMap<string, readonly Leaf[]>
  /** Whether these leaves are the whole filter: then exact bounds make a further look needless. */
  readonly isConjunction: boolean
  /** Equalities that all must hold, in the order of their paths: the fields of an upsert. */
  readonly equalities: readonly PathEquality[]
  /**
   * The same if the filter is nothing but equalities: what the rule for trying an upsert again
   * after a duplicate key looks at (server, shouldRetryDuplicateKeyException).
   */
  readonly pureEqualities: readonly PathEquality[] | undefined
}

/** @param expression in canonical shape */
export function analyze(expression: Expression): FilterAnalysis {
  const children = expression.kind === 'and' ? expression.children : [expression]
  const leaves = children.map(asConjunct).filter((child) => child !== undefined)
  const equalities = leaves.filter((leaf) => leaf.operator === '$eq').map(toEquality)
  equalities.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  const [first] = equalities
  const isPure = equalities.length === children.length && first !== undefined
  return {
    equalityId:
      isPure && children.length === 1 && first.path === '_id' && isExactValue(first.value)
        ? { value: first.value }
        : undefined,
    conjuncts: groupByPath(leaves),
    isConjunction: leaves.length === children.length,
    equalities,
    pureEqualities: isPure ? equalities : undefined,
  }
}

/** A leaf, or the lack of a field, which `$exists: false` is as a leaf. */
function asConjunct(child: Expression): Leaf | undefined {
  if (child.kind === 'leaf') return child
  if (child.kind !== 'not' || child.child.kind !== 'leaf') return undefined
  return child.child.operator === '$exists' ? { ...child.child, operand: false } : undefined
}

function groupByPath(leaves: readonly Leaf[]): ReadonlyMap<string, readonly Leaf[]> {
  const groups = new Map<string, Leaf[]>()
  for (const leaf of leaves) {
    const group = groups.get(leaf.path)
    if (group === undefined) groups.set(leaf.path, [leaf])
    else group.push(leaf)
  }
  return groups
}

function toEquality(leaf: Leaf): PathEquality {
  return { path: leaf.path, value: leaf.operand }
}

/**
 * Whether looking a value up in an index finds what equals it, all of it and nothing else. Null
 * would also have to find missing fields, an array its elements, a regular expression what it
 * matches. Source: server, Indexability::isExactBoundsGenerating.
 */
export function isExactValue(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'number') return true
  switch (typeOf(value)) {
    case 'array':
    case 'dbPointer':
    case 'null':
    case 'regex':
    case 'symbol':
    case 'undefined':
      return false
    default:
      return true
  }
}
