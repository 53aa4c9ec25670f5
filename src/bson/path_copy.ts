/**
 * Changing one place of an immutable document: the containers along the path are copied, all else
 * is shared with the version before.
 */
import type { Document } from './document.ts'
import { fieldOf, isContainer, type Path } from './path.ts'

/**
 * The document with a value at a path; missing documents along it are made, and an array that is
 * too short is filled up with null.
 * @returns undefined where something along the path can hold no such field: see `blockedDepth`
 */
export function setPath<D extends object>(document: D, path: Path, value: unknown): D | undefined {
  const copy = setFrom(document, path, 0, value)
  return copy === BLOCKED ? undefined : (copy as D)
}

const BLOCKED = Symbol('blocked')

/**
 * The depth of the first component that can't be set because of what it would be put in (a value
 * that is no container, or an array that it is no index of), -1 where all can.
 */
export function blockedDepth(document: object, path: Path): number {
  let value: unknown = document
  for (let depth = 0; depth < path.parts.length; depth++) {
    if (value === undefined) return -1
    if (typeof value !== 'object' || value === null || !isContainer(value)) return depth
    if (Array.isArray(value)) {
      const index = path.indexes[depth] as number
      if (index < 0) return depth
      value = value[index]
    } else value = fieldOf(value, path.parts[depth] as string)
  }
  return -1
}

function setFrom(container: unknown, path: Path, depth: number, value: unknown): unknown {
  if (depth === path.parts.length) return value
  if (container === undefined) return setInDocument({}, path, depth, value)
  if (typeof container !== 'object' || container === null) return BLOCKED
  if (Array.isArray(container)) return setInArray(container, path, depth, value)
  return isContainer(container) ? setInDocument(container as Document, path, depth, value) : BLOCKED
}

function setInDocument(document: Document, path: Path, depth: number, value: unknown): unknown {
  const name = path.parts[depth] as string
  if (depth === path.parts.length - 1) return withField(document, name, value)
  const before = path.inherited ? fieldOf(document, name) : document[name]
  const after = setFrom(before, path, depth + 1, value)
  return after === BLOCKED ? BLOCKED : withField(document, name, after)
}

function setInArray(array: readonly unknown[], path: Path, depth: number, value: unknown): unknown {
  const index = path.indexes[depth] as number
  if (index < 0) return BLOCKED
  const after = setFrom(array[index], path, depth + 1, value)
  if (after === BLOCKED) return BLOCKED
  const copy = array.slice()
  while (copy.length < index) copy.push(null)
  copy[index] = after
  return copy
}

/**
 * The document without what is at a path; an array keeps a null in that place.
 * @returns the document itself where there is nothing at the path
 */
export function unsetPath<D extends object>(document: D, path: Path): D {
  return unsetFrom(document, path, 0) as D
}

function unsetFrom(container: unknown, path: Path, depth: number): unknown {
  if (typeof container !== 'object' || container === null || !isContainer(container)) {
    return container
  }
  const last = depth === path.parts.length - 1
  if (Array.isArray(container)) {
    const index = path.indexes[depth] as number
    if (index < 0 || index >= container.length) return container
    const element = last ? null : unsetFrom(container[index], path, depth + 1)
    return element === container[index] ? container : container.with(index, element)
  }
  const name = path.parts[depth] as string
  if (!Object.hasOwn(container, name)) return container
  if (last) return withoutField(container as Document, name)
  const before = fieldOf(container, name)
  const after = unsetFrom(before, path, depth + 1)
  return after === before ? container : withField(container as Document, name, after)
}

/** A copy with one field set, in its old place or at the end. */
export function withField(document: Document, name: string, value: unknown): Document {
  const copy = { ...document }
  if (name === '__proto__') define(copy, name, value)
  else copy[name] = value
  return copy
}

/** A copy without one field. A rest copy keeps the object's fast form, which `delete` would not. */
export function withoutField(document: Document, name: string): Document {
  const { [name]: _, ...rest } = document
  return rest
}

/** Plain assignment to `__proto__` would change the prototype instead of making a field. */
export function define(document: Document, name: string, value: unknown): void {
  Object.defineProperty(document, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}
