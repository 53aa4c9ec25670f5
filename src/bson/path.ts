/**
 * Dotted paths, parsed once: `parsePath('a.b.0.c')`.
 *
 * A component names a field, or an element where it meets an array and is a number. Components may
 * be empty (`'a..b'`): BSON allows empty field names.
 */

/** A parsed path. */
export type Path = {
  /** The path as given. */
  readonly text: string
  /** Its components; at least one. */
  readonly parts: readonly string[]
  /** For each component, the array index that it is, or -1. */
  readonly indexes: readonly number[]
  /**
   * Whether some component also names what every object inherits (`constructor`, `__proto__`):
   * only then must a read ask whether the field is the object's own.
   */
  readonly inherited: boolean
}

/** Parsed paths by text. Programs use few paths, but generated ones must not fill the memory. */
const cache = new Map<string, Path>()
const CACHE_ENTRIES_MAX = 5_000

/** Parses a dotted path; the same text gives the same object for as long as it is remembered. */
export function parsePath(text: string): Path {
  const known = cache.get(text)
  if (known !== undefined) return known
  if (cache.size >= CACHE_ENTRIES_MAX) cache.clear()
  const parts = text.split('.')
  const path: Path = {
    text,
    parts,
    indexes: parts.map(arrayIndexOf),
    inherited: parts.some((part) => part in Object.prototype),
  }
  cache.set(text, path)
  return path
}

/** The array index that a component stands for, or -1: digits only, without leading zeros. */
export function arrayIndexOf(part: string): number {
  return /^(?:0|[1-9]\d{0,8})$/.test(part) ? Number(part) : -1
}

/** A field of an object, undefined where it is missing; never what objects inherit. */
export function fieldOf(object: object, name: string): unknown {
  if (name in Object.prototype && !Object.hasOwn(object, name)) return undefined
  return (object as { [name: string]: unknown })[name]
}

/**
 * The one value at a path: fields of documents, elements of arrays by number, no search through
 * arrays. Undefined where there is none.
 */
export function getPath(document: object, path: Path): unknown {
  if (path.inherited) return getOwnPath(document, path)
  const parts = path.parts
  let value: unknown = (document as { [name: string]: unknown })[parts[0] as string]
  for (let depth = 1; depth < parts.length; depth++) {
    if (typeof value !== 'object' || value === null) return undefined
    value = step(value, path, depth)
  }
  return value
}

function step(container: object, path: Path, depth: number): unknown {
  if (Array.isArray(container)) {
    const index = path.indexes[depth] as number
    return index < 0 ? undefined : container[index]
  }
  return isContainer(container)
    ? (container as { [name: string]: unknown })[path.parts[depth] as string]
    : undefined
}

function getOwnPath(document: object, path: Path): unknown {
  let value: unknown = document
  for (let depth = 0; depth < path.parts.length; depth++) {
    if (typeof value !== 'object' || value === null || !isContainer(value)) return undefined
    if (Array.isArray(value)) value = step(value, path, depth)
    else value = fieldOf(value, path.parts[depth] as string)
  }
  return value
}

/** Whether an object is an embedded document or an array, in clean values. */
export function isContainer(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || Array.isArray(value)
}
