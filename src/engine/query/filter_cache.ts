/** Compiled filters by what they say, so that a filter built anew for each call is compiled once. */
import { type Document, isDocument } from '../../bson/index.ts'
import { type CompiledFilter, compileFilter } from './compile_filter.ts'

/** Filters that take longer to spell out than this are not worth looking up. */
const KEY_LENGTH_MAX = 512

/**
 * A bounded map from filters to their compiled form, the least recently used going first.
 *
 * Only filters made of strings, numbers, booleans, null and nests of these are kept: their text tells
 * them apart exactly. All others (with dates, ids, Longs, ...) are compiled each time.
 */
export class FilterCache {
  readonly #entriesMax: number
  readonly #entries = new Map<string, CompiledFilter>()

  constructor(entriesMax = 500) {
    this.#entriesMax = entriesMax
  }

  /** The filter's compiled form, from the cache where it is there. Throws what `compileFilter` throws. */
  compile(filter: Document): CompiledFilter {
    const key = keyOfDocument(filter)
    if (key === undefined || key.length > KEY_LENGTH_MAX) return compileFilter(filter)
    const known = this.#entries.get(key)
    if (known !== undefined) {
      // Most recently used goes last: a Map remembers the order of insertion.
      this.#entries.delete(key)
      this.#entries.set(key, known)
      return known
    }
    const compiled = compileFilter(filter)
    this.#entries.set(key, compiled)
    if (this.#entries.size > this.#entriesMax) {
      const [oldest] = this.#entries.keys()
      this.#entries.delete(oldest as string)
    }
    return compiled
  }

  /** How many filters are kept. */
  get size(): number {
    return this.#entries.size
  }
}

/** Names and strings carry their length, so that no two filters have one text. */
function keyOfDocument(document: Document): string | undefined {
  let key = '{'
  for (const name in document) {
    const value = keyOfValue(document[name])
    if (value === undefined) return undefined
    key += `${name.length}:${name}${value}`
  }
  return `${key}}`
}

function keyOfValue(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`
    case 'number':
      // Minus zero equals zero but is not the same to an upsert that copies it.
      return Object.is(value, -0) ? undefined : `n${value};`
    case 'boolean':
      return value ? 't' : 'f'
    case 'object':
      if (value === null) return '0'
      if (Array.isArray(value)) return keyOfArray(value)
      return isDocument(value) ? keyOfDocument(value) : undefined
    default:
      return undefined
  }
}

function keyOfArray(values: readonly unknown[]): string | undefined {
  let key = '['
  for (const value of values) {
    const element = keyOfValue(value)
    if (element === undefined) return undefined
    key += element
  }
  return `${key}]`
}
