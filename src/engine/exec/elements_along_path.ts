import { arrayIndexOf, type Document, fieldOf, isDocument } from '../../bson/index.ts'

/**
 * Shows each value at the end of a path. Arrays on the way are searched, and a component that is a
 * number names an element as well; an array at the end stands for its elements. A field that is
 * missing has no value.
 * Source: `extractAllElementsAlongPath`, dotted_path_support.cpp (8.0).
 */
export function elementsAlongPath(
  document: Document,
  path: readonly string[],
  take: (value: unknown) => void,
): void {
  enter(document, path, 0, take)
}

function enter(
  container: Document,
  path: readonly string[],
  depth: number,
  take: (value: unknown) => void,
): void {
  const value = fieldOf(container, path[depth]!)
  if (depth === path.length - 1) takeLeaf(value, take)
  else if (isDocument(value)) enter(value, path, depth + 1, take)
  else if (Array.isArray(value)) enterArray(value, path, depth + 1, take)
}

function enterArray(
  array: readonly unknown[],
  path: readonly string[],
  depth: number,
  take: (value: unknown) => void,
): void {
  const index = arrayIndexOf(path[depth]!)
  if (index >= 0) {
    const element = array[index]
    if (depth === path.length - 1) takeLeaf(element, take)
    else if (isDocument(element)) enter(element, path, depth + 1, take)
    else if (Array.isArray(element)) enterArray(element, path, depth + 1, take)
    return
  }
  for (const element of array) {
    if (isDocument(element)) enter(element, path, depth, take)
  }
}

function takeLeaf(value: unknown, take: (value: unknown) => void): void {
  if (value === undefined) return
  if (Array.isArray(value)) for (const element of value) take(element)
  else take(value)
}
