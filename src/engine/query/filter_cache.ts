/**
 * Compiled filters by what they say, so that a filter built anew for each call is compiled once.
 */
import { type Document, isDocument } from '../../bson/index.ts'
import { BINARY_ORDER } from '../collation/index.ts'
import type { ExpressionContext } from '../expression/index.ts'
import { type CompiledFilter, compileFilter } from './compile_filter.ts'

/** Filters that take longer to spell out than this are not worth looking up. */
const KEY_LENGTH_MAX = 512
/**
 * Few, since those that are used again are few, and those that are not must be garbage soon: a
 * thousand of them outlived the garbage collector's first look at them, which cost queries with
 * ever other values a fifth of their time.
 */
const ENTRIES_MAX = 128

/**
 * A bounded map from filters to their compiled form, those not used for long going first.
 *
 * Two generations: what is used lives in the young one; when that is full it becomes the old one,
 * and what was old and not asked for since is forgotten. So a hit costs one look-up and reorders
 * nothing.
 *
 * Only filters made of strings, numbers, booleans, null and nests of these are kept: their text
 * tells them apart exactly. All others (with dates, ids, Longs, ...) are compiled each time; so are
 * those that belong to one command, by `$expr` or a collation.
 */
export class FilterCache {
  readonly #generationMax: number
  #young = new Map<string, CompiledFilter>()
  #old = new Map<string, CompiledFilter>()

  /** @param entriesMax how many filters are kept at most */
  constructor(entriesMax = ENTRIES_MAX) {
    this.#generationMax = Math.max(1, Math.floor(entriesMax / 2))
  }

  /**
   * The filter's compiled form, from the cache where it is there. Throws what `compileFilter`
   * throws.
   */
  compile(filter: Document, expressions?: ExpressionContext): CompiledFilter {
    if (expressions !== undefined && expressions.order !== BINARY_ORDER) {
      return compileFilter(filter, expressions)
    }
    const key = keyOfDocument(filter)
    if (key === undefined || key.length > KEY_LENGTH_MAX) return compileFilter(filter, expressions)
    const known = this.#young.get(key)
    if (known !== undefined) return known
    const compiled = this.#old.get(key) ?? compileFilter(filter, expressions)
    if (compiled.isBound) return compiled
    if (this.#young.size >= this.#generationMax) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, compiled)
    return compiled
  }

  /** How many filters are kept. */
  get size(): number {
    let size = this.#young.size
    for (const key of this.#old.keys()) if (!this.#young.has(key)) size++
    return size
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
