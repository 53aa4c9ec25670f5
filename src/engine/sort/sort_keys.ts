/**
 * The keys by which a document sorts (and would be indexed) under a list of paths.
 *
 * Without arrays there is one key: the value at each path, null where it is missing. An array at or
 * on the way of a path gives one key per element; an empty array at the end counts as undefined,
 * which sorts before null. Paths that run through the same array advance through it together; two
 * that run through different arrays would give a product of keys, and are refused. A component that
 * is the index of an element picks that one.
 *
 * Source: server, BtreeKeyGenerator (index/btree_key_generator.cpp).
 */
import { type Document, fieldOf, isDocument, type Path } from '../../bson/index.ts'

/** Two of the paths run through different arrays. */
export const PARALLEL_ARRAYS: unique symbol = Symbol('parallel arrays')

/** One value per path. */
export type KeyValues = readonly unknown[]

/** All keys of a document, in the order of the array's elements. */
export function keysOf(
  document: Document,
  paths: readonly Path[],
): readonly KeyValues[] | typeof PARALLEL_ARRAYS {
  return expand(paths.map((path) => walk({ path, depth: 0, value: document, isDone: false })))
}

/** How far one path has been followed; done, its value is part of the key. */
interface Cursor {
  readonly path: Path
  readonly depth: number
  readonly value: unknown
  readonly isDone: boolean
}

/** Takes the array apart, element by element, that the cursors have stopped at. */
function expand(cursors: readonly Cursor[]): readonly KeyValues[] | typeof PARALLEL_ARRAYS {
  const stopped = cursors.filter(({ isDone }) => !isDone)
  const [first] = stopped
  if (first === undefined) return [cursors.map(({ value }) => value)]
  if (stopped.some(({ value }) => value !== first.value)) return PARALLEL_ARRAYS
  const array = first.value as readonly unknown[]
  if (array.length === 0) return expand(cursors.map((cursor) => enterEmpty(cursor)))
  const keys: KeyValues[] = []
  for (const element of array) {
    const below = expand(cursors.map((cursor) => enter(cursor, element)))
    if (below === PARALLEL_ARRAYS) return PARALLEL_ARRAYS
    keys.push(...below)
  }
  return keys
}

/** Follows a path through documents: to its end, to where it breaks off, or to an array. */
function walk({ path, depth, value }: Cursor): Cursor {
  const { parts, indexes } = path
  let current = value
  let at = depth
  for (;;) {
    if (Array.isArray(current)) {
      const index = at < parts.length ? indexes[at]! : -1
      if (index < 0 || index >= current.length) {
        return { path, depth: at, value: current, isDone: false }
      }
      current = current[index]
    } else {
      if (at === parts.length) return { path, depth: at, value: current, isDone: true }
      current = isDocument(current) ? fieldOf(current, parts[at]!) : undefined
    }
    at++
    if (current === undefined) return { path, depth: at, value: null, isDone: true }
  }
}

/**
 * From the array that the cursor stopped at into one of its elements; arrays within are not
 * entered.
 */
function enter(cursor: Cursor, element: unknown): Cursor {
  if (cursor.isDone) return cursor
  const { path, depth } = cursor
  if (depth === path.parts.length) return { path, depth, value: element, isDone: true }
  if (Array.isArray(element)) return { path, depth, value: null, isDone: true }
  return walk({ path, depth, value: element, isDone: false })
}

function enterEmpty(cursor: Cursor): Cursor {
  if (cursor.isDone) return cursor
  const { path, depth } = cursor
  return { path, depth, value: depth === path.parts.length ? undefined : null, isDone: true }
}
