import {
  arrayIndexOf,
  canonicalText,
  type Document,
  encodeField,
  encodeIdKey,
  encodeKeyString,
  fieldOf,
  idKeyBound,
  isDocument,
} from '../../bson/index.ts'
import type { Index, IndexField } from '../catalog/index_definition.ts'
import { BINARY_ORDER } from '../collation/index.ts'
import { ServerError } from '../errors.ts'

/**
 * The keys under which a document stands in an index.
 *
 * A missing field is indexed as null, an empty array as undefined, an array as one key for each
 * element; then the index is multikey. At most one array may be met along the fields of a compound
 * index (fields that share the *same* array expand together). Arrays directly inside arrays are not
 * expanded again, but a numeric component of a path names an element. Source:
 * btree_key_generator.cpp.
 */
export interface DocumentKeys {
  /**
   * Encoded, without record id, no duplicates. Empty where a sparse index leaves the document out.
   */
  readonly keys: readonly string[]
  readonly multikey: boolean
}

const NO_KEYS: DocumentKeys = { keys: [], multikey: false }

/**
 * The only key of a document in an index of one field, where it has exactly one and no array is on
 * the way to it: so it is with most documents. Undefined where `keysOf` must find out.
 */
export function plainKeyOf(index: Index, document: Document): string | undefined {
  if (index.isId) return encodeIdKey(document['_id'])
  const { fields } = index
  if (fields.length !== 1 || !index.isPlain) return undefined
  const field = fields[0]!
  const value = valueWithoutArrays(field, document)
  if (Array.isArray(value) || (value === undefined && index.sparse)) return undefined
  return encodeField(value ?? null, field.direction)
}

/** A bound of key strings as one of this index's keys. */
export function boundIn(index: Index, bound: string): string {
  return index.isId ? idKeyBound(bound) : bound
}

/** @throws ServerError 171 CannotIndexParallelArrays; 16746 for an ambiguous numeric path */
export function keysOf(index: Index, document: Document): DocumentKeys {
  if (index.isId) return { keys: [encodeIdKey(document['_id'])], multikey: false }
  const { fields, partial } = index
  if (partial !== undefined && !partial.matches(document)) return NO_KEYS
  const values: unknown[] = []
  let isPresent = false
  for (const field of fields) {
    const value = valueWithoutArrays(field, document)
    if (Array.isArray(value)) {
      const { keys, multikey } = expand(index, document)
      return { keys: [...keys.keys()], multikey }
    }
    if (value !== undefined) isPresent = true
    values.push(value ?? null)
  }
  if (index.sparse && !isPresent) return NO_KEYS
  return { keys: [keyOf(index, values)], multikey: false }
}

/** Under a collation all equal texts have one key. */
function keyOf({ order, directions }: Index, values: readonly unknown[]): string {
  const stored = order === BINARY_ORDER ? values : values.map(order.canonical)
  return encodeKeyString(stored, directions)
}

/** The values behind one key of a document, by the names of the index pattern: for messages. */
export function keyValueOf(index: Index, document: Document, key: string): Document {
  if (index.isId) return { _id: document['_id'] }
  const values = expand(index, document).keys.get(key) ?? []
  return Object.fromEntries(index.fields.map((field, i) => [field.path, values[i] ?? null]))
}

/** All keys of a document, each with the values that it is made of. */
export function keysWithValues(
  index: Index,
  document: Document,
): { readonly key: string; readonly values: readonly unknown[] }[] {
  return [...expand(index, document).keys].map(([key, values]) => ({ key, values }))
}

/** The field's value, undefined where it is missing; or the first array on the way to it. */
function valueWithoutArrays(field: IndexField, document: Document): unknown {
  const { parts } = field
  let value = fieldOf(document, parts[0]!)
  for (let depth = 1; depth < parts.length; depth++) {
    if (Array.isArray(value)) return value
    if (!isDocument(value)) return undefined
    value = fieldOf(value, parts[depth]!)
  }
  return value
}

/** How far the walk along one field's path has come. */
interface Progress {
  /** Where it stands; undefined where the field is missing. */
  readonly value: unknown
  /** Components of the path behind it. */
  readonly depth: number
  /** Whether `value` is what goes into the key, even if it is an array. */
  readonly done: boolean
}

const MISSING: Progress = { value: undefined, depth: 0, done: true }

class Expansion {
  /** The values of each key. */
  readonly keys = new Map<string, readonly unknown[]>()
  multikey = false
}

function expand(index: Index, document: Document): Expansion {
  const into = new Expansion()
  const start: Progress = { value: document, depth: 0, done: false }
  expandFrom(
    index,
    index.fields.map(() => start),
    into,
  )
  return into
}

/** Walks all fields on to an array or their end; an array multiplies the keys by its elements. */
function expandFrom(index: Index, from: readonly Progress[], into: Expansion): void {
  const { fields } = index
  const walked = from.map((progress, i) => (progress.done ? progress : walk(fields[i]!, progress)))
  const first = walked.find((progress) => !progress.done)
  if (first === undefined) {
    if (index.sparse && walked.every((progress) => progress === MISSING)) return
    const values = walked.map((progress) => (progress === MISSING ? null : progress.value))
    into.keys.set(keyOf(index, values), values)
    return
  }
  const array = first.value as readonly unknown[]
  checkParallelArrays(index, walked, first)
  into.multikey = true
  const next = (element: unknown, isEmpty: boolean) =>
    walked.map((progress, i) => {
      if (progress.done) return progress
      // An empty array is undefined where it is the value itself, and lacks what is looked for in
      // it.
      const isLast = progress.depth === fields[i]!.parts.length
      if (isLast) return { value: element, depth: progress.depth, done: true }
      if (isEmpty || !isDocument(element)) return MISSING
      return { value: element, depth: progress.depth, done: false }
    })
  if (array.length === 0) expandFrom(index, next(undefined, true), into)
  for (const element of array) expandFrom(index, next(element, false), into)
}

/** Follows one path until its end or until an array must be expanded. */
function walk(field: IndexField, from: Progress): Progress {
  const { parts } = field
  let { value, depth } = from
  while (depth < parts.length) {
    const part = parts[depth]!
    if (Array.isArray(value)) {
      const position = arrayIndexOf(part)
      if (position < 0 || position >= value.length) return { value, depth, done: false }
      checkAmbiguous(value, part)
      value = value[position]
    } else {
      if (!isDocument(value)) return MISSING
      value = fieldOf(value, part)
      if (value === undefined) return MISSING
    }
    depth++
  }
  return { value, depth, done: !Array.isArray(value) }
}

function checkParallelArrays(index: Index, walked: readonly Progress[], first: Progress): void {
  const other = walked.find((progress) => !progress.done && progress.value !== first.value)
  if (other === undefined) return
  const nameOf = (progress: Progress): string => {
    const { parts } = index.fields[walked.indexOf(progress)]!
    return `[${parts[progress.depth - 1]}]`
  }
  throw new ServerError(
    'CannotIndexParallelArrays',
    `cannot index parallel arrays ${nameOf(other)} ${nameOf(first)}`,
  )
}

/** A number that is both a position and the name of a field of some element. */
function checkAmbiguous(array: readonly unknown[], part: string): void {
  if (!array.some((element) => isDocument(element) && Object.hasOwn(element, part))) return
  throw new ServerError(
    16746,
    `Ambiguous field name found in array (do not use numeric field names in embedded elements in an array), field: '${part}' for array: ${canonicalText(array)}`,
  )
}
