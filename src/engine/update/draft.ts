/** Walking and changing a draft: documents by name, arrays by index. */
import { type Document, fieldOf, isDocument, type Path } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'

export type Container = Document | unknown[]

/** How far beyond its end an array may be filled up with null. Source: server, path_support.h. */
const PADDING_MAX = 1_500_000

/** Where a path leads, or how far it goes. */
export interface Found {
  /**
   * What holds, or would hold, the component at `depth`; where the path is blocked, what blocks it.
   */
  readonly container: Container
  readonly depth: number
  /** The value at the end of the path, undefined where there is none. */
  readonly value: unknown
  /**
   * Whether the container can't hold the component: a scalar, or an array that it is no index of.
   */
  readonly isBlocked: boolean
  /** The depths of components that were followed in, or met, an array. */
  readonly arrayDepths: readonly number[]
}

export function walk(root: Document, path: Path): Found {
  const { parts } = path
  const arrayDepths: number[] = []
  let container: unknown = root
  for (let depth = 0; ; depth++) {
    const isArray = Array.isArray(container)
    if (isArray) arrayDepths.push(depth)
    const isBlocked = isArray ? path.indexes[depth]! < 0 : !isDocument(container)
    const value = isBlocked ? undefined : childOf(container as Container, path, depth)
    if (isBlocked || value === undefined || depth === parts.length - 1) {
      return { container: container as Container, depth, value, isBlocked, arrayDepths }
    }
    container = value
  }
}

function childOf(container: Container, path: Path, depth: number): unknown {
  return Array.isArray(container)
    ? container[path.indexes[depth]!]
    : fieldOf(container, path.parts[depth]!)
}

/** Sets a field, or an element; an array that is too short is filled up with null. */
export function setIn(container: Container, path: Path, depth: number, value: unknown): void {
  const name = path.parts[depth]!
  if (!Array.isArray(container)) {
    // To a draft, as to any object, this assignment would set the prototype.
    if (name === '__proto__') {
      throw new ServerError('NotImplemented', 'a field __proto__ cannot be made in this place')
    }
    container[name] = value
    return
  }
  const index = path.indexes[depth]!
  if (index - container.length > PADDING_MAX) {
    throw new ServerError('CannotBackfillArray', `can't backfill more than ${PADDING_MAX} elements`)
  }
  while (container.length < index) container.push(null)
  container[index] = value
}

/** Takes a field away; an element becomes null instead. */
export function unsetIn(container: Container, path: Path, depth: number): void {
  if (Array.isArray(container)) container[path.indexes[depth]!] = null
  else delete container[path.parts[depth]!]
}
