/**
 * Array filters: which elements `$[identifier]` in the path of an update stands for.
 * Source of rules and messages: expression_with_placeholder.cpp, parsed_update.cpp (8.0).
 */
import { canonicalText, type Document } from '../../bson/index.ts'
import type { ValueOrder } from '../collation/index.ts'
import { ServerError } from '../errors.ts'
import { type Expression, orderedFilter } from '../query/index.ts'

export interface ArrayFilter {
  readonly matches: (element: unknown) => boolean
}

export type ArrayFilters = ReadonlyMap<string, ArrayFilter>

export const NO_ARRAY_FILTERS: ArrayFilters = new Map()

const IDENTIFIER = /^[a-z][a-zA-Z0-9]*$/

/** @throws ServerError 9, 2, and those of filters */
export function parseArrayFilters(given: readonly Document[], order: ValueOrder): ArrayFilters {
  const filters = new Map<string, ArrayFilter>()
  for (const one of given) {
    const { identifier, matches } = inFilter(() => parseArrayFilter(one, order))
    if (filters.has(identifier)) {
      throw new ServerError(
        'FailedToParse',
        `Found multiple array filters with the same top-level field name ${identifier}`,
      )
    }
    filters.set(identifier, { matches })
  }
  return filters
}

function inFilter<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    throw new ServerError(error.code, `Error parsing array filter :: caused by :: ${error.message}`)
  }
}

function parseArrayFilter(
  given: Document,
  order: ValueOrder,
): ArrayFilter & { readonly identifier: string } {
  const filter = orderedFilter(given, order)
  const identifier = identifierOf(filter.expression)
  if (identifier === undefined) {
    throw new ServerError(
      'FailedToParse',
      'Cannot use an expression without a top-level field name in arrayFilters',
    )
  }
  if (!IDENTIFIER.test(identifier)) {
    throw new ServerError(
      'BadValue',
      `The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${identifier}'`,
    )
  }
  return { identifier, matches: (element) => filter.matches({ [identifier]: element }) }
}

/** The one name that all paths of the filter begin with; undefined where there are none. */
function identifierOf(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'leaf':
      return expression.path.split('.', 1)[0]
    case 'not':
      return identifierOf(expression.child)
    case 'and':
    case 'or':
    case 'nor': {
      let found: string | undefined
      for (const child of expression.children) {
        const name = identifierOf(child)
        if (name === undefined || name === found) continue
        if (found !== undefined) {
          throw new ServerError(
            'FailedToParse',
            `Expected a single top-level field name, found '${found}' and '${name}'`,
          )
        }
        found = name
      }
      return found
    }
    default:
      return undefined
  }
}

/** @throws ServerError 9 for a filter that no path names */
export function checkAllUsed(
  filters: ArrayFilters,
  used: ReadonlySet<string>,
  update: Document,
): void {
  for (const identifier of filters.keys()) {
    if (used.has(identifier)) continue
    throw new ServerError(
      'FailedToParse',
      `The array filter for identifier '${identifier}' was not used in the update ${canonicalText(update)}`,
    )
  }
}
