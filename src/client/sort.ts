import type { Document } from '../bson/index.ts'
import type { ErrorClasses } from './errors.ts'

export type SortDirection =
  | 1
  | -1
  | 'asc'
  | 'desc'
  | 'ascending'
  | 'descending'
  | { readonly $meta: string }

/** A sort order, in any of the forms that the driver takes. */
export type Sort =
  | string
  | Exclude<SortDirection, { readonly $meta: string }>
  | readonly string[]
  | readonly [string, SortDirection]
  | readonly (readonly [string, SortDirection])[]
  | { readonly [field: string]: SortDirection }
  | ReadonlyMap<string, SortDirection>

/** Brings a sort order into the form commands carry; undefined where it orders by nothing. */
export function toSort(
  given: Sort | undefined,
  errors: ErrorClasses,
  direction?: SortDirection,
): Document | undefined {
  if (given === undefined || given === null) return undefined
  if (typeof given === 'string') return { [given]: toDirection(direction, errors) }
  if (typeof given !== 'object') {
    throw new errors.MongoInvalidArgumentError(
      `Invalid sort format: ${JSON.stringify(given)} Sort must be a valid object`,
    )
  }
  const sort: Document = {}
  for (const [field, way] of entriesOf(given)) sort[field] = toDirection(way, errors)
  return Object.keys(sort).length === 0 ? undefined : sort
}

function entriesOf(given: Exclude<Sort, string | number>): Iterable<[string, unknown]> {
  if (given instanceof Map) return given
  if (!Array.isArray(given)) return Object.entries(given)
  if (Array.isArray(given[0])) return given as [string, unknown][]
  // Two strings are a field and its direction only if the second one reads as a direction.
  if (given.length === 2 && DIRECTIONS.has(String(given[1]).toLowerCase())) {
    return [given as [string, unknown]]
  }
  if (given.length === 2 && isMeta(given[1])) return [given as [string, unknown]]
  return (given as readonly string[]).map((field) => [field, 1])
}

const DIRECTIONS: ReadonlyMap<string, 1 | -1> = new Map([
  ['1', 1],
  ['asc', 1],
  ['ascending', 1],
  ['-1', -1],
  ['desc', -1],
  ['descending', -1],
])

function toDirection(given: unknown, errors: ErrorClasses): unknown {
  if (given === undefined) return 1
  if (isMeta(given)) return { $meta: given.$meta }
  const direction = DIRECTIONS.get(String(given).toLowerCase())
  if (direction === undefined) {
    throw new errors.MongoInvalidArgumentError(`Invalid sort direction: ${JSON.stringify(given)}`)
  }
  return direction
}

function isMeta(given: unknown): given is { readonly $meta: string } {
  return typeof given === 'object' && given !== null && '$meta' in given
}
