/**
 * Sort patterns: `{ price: 1, name: -1 }`.
 *
 * A document with several keys (an array) sorts by the least of them, least under the pattern
 * itself: the smallest element ascending, the greatest descending.
 */
import {
  canonicalText,
  type Document,
  fieldOf,
  isDocument,
  isNumeric,
  numberToDouble,
  type Path,
  parsePath,
  toSafeInteger,
} from '../../bson/index.ts'
import { BINARY_ORDER, type ValueOrder } from '../collation/index.ts'
import { ServerError } from '../errors.ts'
import { parseFieldPath } from '../expression/field_path.ts'
import { type KeyValues, keysOf, PARALLEL_ARRAYS } from './sort_keys.ts'

type Order = 1 | -1

export class CompiledSort {
  /** The pattern as given. */
  readonly pattern: Document
  /** Whether there is nothing to sort by. */
  readonly isEmpty: boolean
  /**
   * The order in which records are stored (1) or its reverse (-1), if the pattern is
   * `{ $natural }`.
   */
  readonly natural: Order | undefined
  readonly #paths: readonly Path[]
  readonly #orders: readonly Order[]
  /** How it compares values. */
  readonly order: ValueOrder

  constructor(
    pattern: Document,
    natural: Order | undefined,
    orders: ReadonlyMap<string, Order>,
    order: ValueOrder,
  ) {
    this.pattern = pattern
    this.natural = natural
    this.isEmpty = orders.size === 0
    this.#paths = [...orders.keys()].map(parsePath)
    this.#orders = [...orders.values()]
    this.order = order
  }

  /** The key that a document sorts by. @throws ServerError 2 BadValue on two parallel arrays */
  keyOf(document: Document): KeyValues {
    const key = this.#plainKeyOf(document)
    if (key !== undefined) return key
    const keys = keysOf(document, this.#paths)
    if (keys === PARALLEL_ARRAYS) {
      throw new ServerError('BadValue', 'cannot sort with keys that are parallel arrays')
    }
    return keys.reduce((least, other) => (this.compareKeys(other, least) < 0 ? other : least))
  }

  /** Compares two keys that `keyOf` gave. */
  compareKeys(a: KeyValues, b: KeyValues): number {
    const orders = this.#orders
    const compareValues = this.order.compare
    for (let i = 0; i < orders.length; i++) {
      const difference = compareValues(a[i], b[i])
      if (difference !== 0) return orders[i] === 1 ? difference : -difference
    }
    return 0
  }

  /** Compares two documents. To sort many, `sort` works each key out only once. */
  compare(a: Document, b: Document): number {
    return this.compareKeys(this.keyOf(a), this.keyOf(b))
  }

  /** A sorted copy; documents with equal keys keep their order. */
  sort<D extends Document>(documents: readonly D[]): D[] {
    return documents
      .map((document) => ({ document, key: this.keyOf(document) }))
      .sort((a, b) => this.compareKeys(a.key, b.key))
      .map(({ document }) => document)
  }

  /** The key of a document that has only one: no array at or on the way of a path. */
  #plainKeyOf(document: Document): KeyValues | undefined {
    const key: unknown[] = []
    for (const path of this.#paths) {
      let value: unknown = document
      for (const part of path.parts) {
        if (!isDocument(value)) {
          if (Array.isArray(value)) return undefined
          value = undefined
          break
        }
        value = fieldOf(value, part)
      }
      if (Array.isArray(value)) return undefined
      key.push(value === undefined ? null : value)
    }
    return key
  }
}

/**
 * Compiles a sort pattern.
 *
 * @throws ServerError 15974, 15975 (no direction), 40352 and its kin (no field path), 238 (`$meta`)
 *   Source: server, SortPattern and query_request_helper.cpp
 */
export function compileSort(pattern: Document, order: ValueOrder = BINARY_ORDER): CompiledSort {
  if (Object.hasOwn(pattern, '$natural')) {
    return new CompiledSort(pattern, naturalOrder(pattern), new Map(), order)
  }
  const orders = new Map<string, Order>()
  for (const name in pattern) {
    const direction = pattern[name]
    if (isDocument(direction)) throw noExpression(direction)
    const turn = orderOf(name, direction)
    parseFieldPath(name)
    orders.set(name, turn)
  }
  return new CompiledSort(pattern, undefined, orders, order)
}

function orderOf(name: string, direction: unknown): Order {
  if (!isNumeric(direction)) {
    throw new ServerError(
      15974,
      `Illegal key in $sort specification: ${name}: ${canonicalText(direction)}`,
    )
  }
  // The server cuts fractions off here.
  const order = Math.trunc(numberToDouble(direction))
  if (order === 1 || order === -1) return order
  throw new ServerError(
    15975,
    '$sort key ordering must be 1 (for ascending) or -1 (for descending)',
  )
}

function naturalOrder(pattern: Document): Order {
  if (Object.keys(pattern).length > 1) {
    throw new ServerError(
      'BadValue',
      `Cannot include '$natural' in compound sort: ${canonicalText(pattern)}`,
    )
  }
  const order = toSafeInteger(pattern['$natural'])
  if (order === 1 || order === -1) return order
  throw new ServerError('BadValue', '$natural sort cannot be set to a value other than -1 or 1.')
}

function noExpression(direction: Document): ServerError {
  if (Object.hasOwn(direction, '$meta')) {
    return new ServerError('NotImplemented', 'sorting by $meta is not supported yet')
  }
  return new ServerError(17312, '$meta is the only expression supported by $sort right now')
}
