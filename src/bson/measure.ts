/**
 * The size that a clean document has in BSON, and how deep it nests, without serialising it.
 *
 * A field takes one byte for its type, its name and a 0, and its value; a document takes four bytes
 * for its length and a final 0. An array is a document whose names are '0', '1', and so on.
 */
import type { Binary, BSONRegExp, BSONSymbol, Code } from 'bson'
import { type Document, isInt32, tagOf } from './document.ts'
import { nameLength } from './names.ts'
import { utf8Length } from './strings.ts'

/** What `measure` finds. */
export type Measure = {
  /** Bytes of the document in BSON. */
  sizeBytes: number
  /**
   * How deep the deepest field is: 1 in a flat document, 2 in a document of that one, and so on;
   * 0 without fields. An empty document adds nothing, nor does the scope of code, as in the
   * server's own check of what may be stored (insert.cpp, validateDepth).
   */
  depth: number
}

/** The length of a document's frame: four bytes of length, and a final 0. */
const FRAME_BYTES = 5

/** Measures a clean document. */
export function measure(document: Document): Measure {
  const found: Measure = { sizeBytes: 0, depth: 0 }
  found.sizeBytes = documentSize(document, 1, found)
  return found
}

/** The size of a clean document in BSON, in bytes. */
export function sizeOf(document: Document): number {
  return documentSize(document, 1, undefined)
}

/** How deep a clean document nests: 1 where it is flat, 0 where it is empty. */
export function depthOf(document: Document): number {
  return measure(document).depth
}

function documentSize(document: Document, depth: number, found: Measure | undefined): number {
  let size = FRAME_BYTES
  let fields = 0
  for (const name in document) {
    size += 1 + nameLength(name) + 1 + valueSize(document[name], depth, found)
    fields++
  }
  if (found !== undefined && fields > 0 && depth > found.depth) found.depth = depth
  return size
}

function arraySize(array: readonly unknown[], depth: number, found: Measure | undefined): number {
  let size = FRAME_BYTES
  let digits = 1
  let limit = 10
  for (let index = 0; index < array.length; index++) {
    if (index === limit) {
      digits++
      limit *= 10
    }
    size += 1 + digits + 1 + valueSize(array[index], depth, found)
  }
  if (found !== undefined && array.length > 0 && depth > found.depth) found.depth = depth
  return size
}

function valueSize(value: unknown, depth: number, found: Measure | undefined): number {
  switch (typeof value) {
    case 'string':
      return 4 + utf8Length(value) + 1
    case 'number':
      return isInt32(value) ? 4 : 8
    case 'boolean':
      return 1
    case 'object':
      return value === null ? 0 : objectSize(value, depth, found)
    default:
      return typeof value === 'bigint' ? 8 : 0
  }
}

function objectSize(value: object, depth: number, found: Measure | undefined): number {
  if (Array.isArray(value)) return arraySize(value, depth + 1, found)
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return documentSize(value as Document, depth + 1, found)
  }
  switch (tagOf(value)) {
    case 'ObjectId':
      return 12
    case 'Int32':
      return 4
    case 'Decimal128':
      return 16
    case 'MinKey':
    case 'MaxKey':
      return 0
    case 'Binary':
      return binarySize(value as Binary)
    case 'BSONRegExp': {
      const regex = value as BSONRegExp
      return utf8Length(regex.pattern) + 1 + utf8Length(regex.options) + 1
    }
    case 'BSONSymbol':
      return 4 + utf8Length((value as BSONSymbol).value) + 1
    case 'Code':
      return codeSize(value as Code)
    default:
      // Long, Double, Timestamp and Date.
      return 8
  }
}

function binarySize(value: Binary): number {
  // Subtype 2, the old one, repeats its length within its bytes.
  return 4 + 1 + value.position + (value.sub_type === 2 ? 4 : 0)
}

function codeSize(code: Code): number {
  const text = 4 + utf8Length(code.code) + 1
  return code.scope === null ? text : 4 + text + sizeOf(code.scope)
}
