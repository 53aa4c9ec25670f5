/**
 * The values that a query path reaches: arrays are searched, as MongoDB's matcher does.
 *
 * - A component that meets an array applies to each element that is a document; where it is a
 *   number, also to the element at that index. Arrays directly within arrays are entered by number
 *   only.
 * - An array at the end of the path stands for each of its elements and for itself.
 * - Where a document lacks the field, the path reaches `undefined`, once; where an array has no
 *   element that it could enter, the path reaches nothing at all.
 *
 * Source: server, matcher/path.cpp.
 */
import { fieldOf, isContainer, type Path } from './path.ts'

/** Asked about each value that a path reaches; `undefined` stands for a missing field. */
export type ValuePredicate = (value: unknown) => boolean

/** Whether some value that the path reaches satisfies the predicate; stops at the first. */
export function someValueAt(document: object, path: Path, predicate: ValuePredicate): boolean {
  return inDocument(document, path, 0, predicate, true)
}

/**
 * The same, but an array at the end of the path stands for itself only: `$size` and `$elemMatch`
 * ask about arrays, not about their elements.
 */
export function someLeafAt(document: object, path: Path, predicate: ValuePredicate): boolean {
  return inDocument(document, path, 0, predicate, false)
}

/** All values that the path reaches, in the matcher's order; `undefined` for a missing field. */
export function valuesAtPath(document: object, path: Path): unknown[] {
  const values: unknown[] = []
  someValueAt(document, path, (value) => {
    values.push(value)
    return false
  })
  return values
}

/** Applies the components from `depth` on to a document. */
function inDocument(
  document: object,
  path: Path,
  depth: number,
  predicate: ValuePredicate,
  leafElements: boolean,
): boolean {
  const last = path.parts.length - 1
  let container = document
  for (let at = depth; ; at++) {
    const name = path.parts[at] as string
    const value = path.inherited
      ? fieldOf(container, name)
      : (container as { [name: string]: unknown })[name]
    if (typeof value !== 'object' || value === null) {
      return predicate(at === last ? value : undefined)
    }
    if (Array.isArray(value)) {
      return at === last
        ? atLeafArray(value, predicate, leafElements)
        : inArray(value, path, at + 1, predicate, leafElements)
    }
    if (at === last) return predicate(value)
    if (!isContainer(value)) return predicate(undefined)
    container = value
  }
}

function atLeafArray(
  array: readonly unknown[],
  predicate: ValuePredicate,
  leafElements: boolean,
): boolean {
  if (leafElements) {
    for (let index = 0; index < array.length; index++) if (predicate(array[index])) return true
  }
  return predicate(array)
}

/** Applies the components from `depth` on to an array that the path does not end at. */
function inArray(
  array: readonly unknown[],
  path: Path,
  depth: number,
  predicate: ValuePredicate,
  leafElements: boolean,
): boolean {
  const wanted = path.indexes[depth] as number
  for (let index = 0; index < array.length; index++) {
    const element = array[index]
    if (typeof element === 'object' && element !== null && isDocumentElement(element)) {
      if (inDocument(element, path, depth, predicate, leafElements)) return true
    }
    if (index === wanted && atIndex(element, path, depth + 1, predicate, leafElements)) return true
  }
  return false
}

/** Goes on from an element that the path named by its index. */
function atIndex(
  element: unknown,
  path: Path,
  depth: number,
  predicate: ValuePredicate,
  leafElements: boolean,
): boolean {
  if (depth === path.parts.length) return predicate(element)
  if (typeof element !== 'object' || element === null) return false
  if (Array.isArray(element)) return inArray(element, path, depth, predicate, leafElements)
  return isContainer(element) && inDocument(element, path, depth, predicate, leafElements)
}

function isDocumentElement(element: object): boolean {
  return !Array.isArray(element) && isContainer(element)
}
