/** BSON's order with strings ordered by a collation; inside of documents and arrays, too. */
import type { BSONSymbol } from 'bson'
import {
  canonicalOrder,
  compareStrings,
  compareValues,
  type Document,
  encodeKeyValue,
  isDocument,
  tagOf,
} from '../../bson/index.ts'
import { TextClasses } from './text_classes.ts'
import { hasText, type ValueOrder } from './value_order.ts'

export class CollatedOrder implements ValueOrder {
  readonly collation: Document
  readonly #compareTexts: (a: string, b: string) => number
  #classes: TextClasses | undefined

  /** @param collation with all of its fields, as the server prints it */
  constructor(collation: Document, compareTexts: (a: string, b: string) => number) {
    this.collation = collation
    this.#compareTexts = compareTexts
  }

  readonly compare = (a: unknown, b: unknown): number => {
    if (typeof a === 'string' && typeof b === 'string') return this.#compareTexts(a, b)
    // Only where both have text within are there texts to compare.
    if (!hasText(a) || !hasText(b)) return compareValues(a, b)
    const difference = canonicalOrder(a) - canonicalOrder(b)
    if (difference !== 0) return difference
    if (Array.isArray(a)) return this.#compareArrays(a, b as unknown[])
    if (isDocument(a)) return this.#compareDocuments(a, b as Document)
    return this.#compareTexts(textOf(a), textOf(b))
  }

  readonly equals = (a: unknown, b: unknown): boolean => this.compare(a, b) === 0

  readonly keyOf = (value: unknown): string => encodeKeyValue(this.canonical(value))

  readonly canonical = (value: unknown): unknown =>
    withTexts(value, (text) => this.#textClasses.representativeOf(text))

  readonly lookUp = (value: unknown): unknown =>
    withTexts(value, (text) => this.#textClasses.lookUp(text))

  get #textClasses(): TextClasses {
    this.#classes ??= new TextClasses(this.#compareTexts)
    return this.#classes
  }

  #compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
    const length = Math.min(a.length, b.length)
    for (let i = 0; i < length; i++) {
      const difference = this.compare(a[i], b[i])
      if (difference !== 0) return difference
    }
    return a.length - b.length
  }

  /** Type of the value, name of the field, value: field names are no text. */
  #compareDocuments(a: Document, b: Document): number {
    const left = Object.keys(a)
    const right = Object.keys(b)
    const length = Math.min(left.length, right.length)
    for (let i = 0; i < length; i++) {
      const x = left[i]!
      const y = right[i]!
      const difference =
        canonicalOrder(a[x]) - canonicalOrder(b[y]) ||
        compareStrings(x, y) ||
        this.compare(a[x], b[y])
      if (difference !== 0) return difference
    }
    return left.length - right.length
  }
}

/** The value with other texts in it; field names stay. */
function withTexts(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value)
  if (!hasText(value)) return value
  if (Array.isArray(value)) return value.map((element) => withTexts(element, replace))
  if (!isDocument(value)) return replace(textOf(value))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withTexts(inner, replace)]),
  )
}

/** The text of a string or symbol, which compare alike. */
function textOf(value: unknown): string {
  const isSymbol = typeof value === 'object' && value !== null && tagOf(value) === 'BSONSymbol'
  return isSymbol ? (value as BSONSymbol).value : (value as string)
}
