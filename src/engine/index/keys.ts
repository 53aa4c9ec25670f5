import { type Document, encodeKeyString, isDocument } from '../../bson/index.ts'
import type { Index, IndexField } from '../catalog/index_definition.ts'
import { ServerError } from '../errors.ts'

/**
 * The keys under which a document stands in an index.
 *
 * A missing field is indexed as null, an empty array as undefined, an array as one key for each
 * element; then the index is multikey. At most one array may be met along the fields of a compound
 * index (fields that share the *same* array expand together). Source: btree_key_generator.cpp.
 */
export interface DocumentKeys {
  /** Encoded, without record id, no duplicates. Empty where a sparse index leaves the document out. */
  readonly keys: readonly string[]
  readonly multikey: boolean
}

const NO_KEYS: DocumentKeys = { keys: [], multikey: false }

/** @throws ServerError 171 CannotIndexParallelArrays */
export function keysOf(index: Index, document: Document): DocumentKeys {
  const { fields } = index
  const only = fields.length === 1 ? fields[0] : undefined
  if (only !== undefined && only.parts.length === 1) {
    const value = document[only.path]
    if (!Array.isArray(value)) {
      if (value === undefined && index.sparse && !(only.path in document)) return NO_KEYS
      const key = value === undefined ? null : value
      return { keys: [encodeKeyString([key], index.directions)], multikey: false }
    }
  }
  const out = collect(index, document)
  return { keys: [...out.keys.keys()], multikey: out.multikey }
}

/** The values behind one key of a document, by the names of the index pattern: for messages. */
export function keyValueOf(index: Index, document: Document, key: string): Document {
  const values = collect(index, document).keys.get(key) ?? []
  return Object.fromEntries(index.fields.map((field, i) => [field.path, values[i] ?? null]))
}

function collect(index: Index, document: Document): Collector {
  const out = new Collector(index)
  out.expand(index.fields.map(() => ({ value: document, depth: 0, done: false })))
  return out
}

/** Marks a field that is not there, to tell a sparse index from an explicit null. */
const MISSING = Symbol('missing')

/** How far the walk along one field's path has come. */
interface Progress {
  readonly value: unknown
  /** Components of the path behind it; all of them when `done`. */
  readonly depth: number
  readonly done: boolean
}

const ABSENT: Progress = { value: MISSING, depth: 0, done: true }

class Collector {
  readonly #index: Index
  readonly keys = new Map<string, readonly unknown[]>()
  multikey = false

  constructor(index: Index) {
    this.#index = index
  }

  /** Walks all fields on to an array or their end; an array multiplies the keys by its elements. */
  expand(from: readonly Progress[]): void {
    const fields = this.#index.fields
    const walked = from.map((progress, i) =>
      progress.done ? progress : walk(fields[i]!, progress),
    )
    const stuck = walked.filter((progress) => !progress.done)
    if (stuck.length === 0) {
      this.#emit(walked)
      return
    }
    const array = stuck[0]!.value as readonly unknown[]
    if (stuck.some((progress) => progress.value !== array)) throw this.#parallelArrays(walked)
    this.multikey = true
    const elements = array.length === 0 ? [MISSING] : array
    for (const element of elements) {
      this.expand(
        walked.map((progress, i) => {
          if (progress.done) return progress
          const last = progress.depth === fields[i]!.parts.length
          if (element === MISSING) return last ? { ...ABSENT, value: undefined } : ABSENT
          if (last) return { ...ABSENT, value: element }
          return isDocument(element) ? { ...progress, value: element } : ABSENT
        }),
      )
    }
  }

  #emit(walked: readonly Progress[]): void {
    const index = this.#index
    if (index.sparse && walked.every((progress) => progress.value === MISSING)) return
    const values = walked.map(({ value }) => (value === MISSING ? null : value))
    this.keys.set(encodeKeyString(values, index.directions), values)
  }

  #parallelArrays(walked: readonly Progress[]): ServerError {
    const names = this.#index.fields
      .filter((_, i) => !walked[i]!.done)
      .map((field) => `[${field.parts.at(-1)}]`)
    return new ServerError(
      'CannotIndexParallelArrays',
      `cannot index parallel arrays ${names[1]} ${names[0]}`,
    )
  }
}

/** Follows one path until its end or until an array must be expanded. */
function walk(field: IndexField, from: Progress): Progress {
  const { parts } = field
  let { value, depth } = from
  while (depth < parts.length) {
    const part = parts[depth]!
    if (Array.isArray(value)) {
      // A numeric component names a position, if the array has it.
      if (!/^(0|[1-9]\d*)$/.test(part) || Number(part) >= value.length) {
        return { value, depth, done: false }
      }
      value = value[Number(part)]
    } else {
      if (!isDocument(value) || !Object.hasOwn(value, part)) return ABSENT
      value = value[part]
    }
    depth++
  }
  return { value, depth, done: !Array.isArray(value) }
}
