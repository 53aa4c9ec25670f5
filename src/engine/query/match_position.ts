/**
 * Which element of an array satisfied a filter: what the positional `$` of updates and projections
 * stands for.
 *
 * A condition on an array is met by its elements one by one; the first that does is remembered. Of
 * several conditions that all must hold, the last one to meet an array decides; a negation decides
 * nothing. Of arrays within arrays it is the outer one. Source: `MatchDetails`, match_details.h.
 */
import {
  type Document,
  fieldOf,
  isDocument,
  type Path,
  parsePath,
  someLeafAt,
  someValueAt,
} from '../../bson/index.ts'
import type { Expression, Leaf } from './expression.ts'
import { compilePredicate } from './predicate.ts'

/** @param document one that satisfies the expression */
export function matchedPosition(expression: Expression, document: Document): number | undefined {
  switch (expression.kind) {
    case 'leaf':
      return positionOfLeaf(expression, document)
    case 'and': {
      let position: number | undefined
      for (const child of expression.children) {
        position = matchedPosition(child, document) ?? position
      }
      return position
    }
    case 'or': {
      const met = expression.children.find((child) => compilePredicate(child)(document))
      return met === undefined ? undefined : matchedPosition(met, document)
    }
    default:
      return undefined
  }
}

function positionOfLeaf(leaf: Leaf, document: Document): number | undefined {
  const path = parsePath(leaf.path)
  let value: unknown = document
  for (let depth = 0; depth < path.parts.length; depth++) {
    if (!isDocument(value)) return undefined
    value = fieldOf(value, path.parts[depth]!)
    if (Array.isArray(value)) return positionInArray(leaf, path, depth + 1, value)
  }
  return undefined
}

/** @param depth of the first component that is to be looked for within the elements */
function positionInArray(
  { test, wholeArray, operator }: Leaf,
  path: Path,
  depth: number,
  array: readonly unknown[],
): number | undefined {
  if (depth === path.parts.length) {
    if (!wholeArray) return found(array.findIndex(test))
    return operator === '$elemMatch'
      ? found(array.findIndex((element) => test([element])))
      : undefined
  }
  if (path.indexes[depth]! >= 0) return undefined
  const rest = parsePath(path.parts.slice(depth).join('.'))
  const matches = (element: unknown): boolean =>
    isDocument(element) &&
    (wholeArray ? someLeafAt(element, rest, test) : someValueAt(element, rest, test))
  return found(array.findIndex(matches))
}

function found(at: number): number | undefined {
  return at < 0 ? undefined : at
}
