/**
 * The positional `$` of a find's projection: of an array, only the element that the filter matched.
 * Source of rules and messages: projection_parser.cpp, find_common.cpp (8.0).
 */
import { type Document, getPath, isDocument, parsePath, setPath } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { isTrue } from '../../expression/index.ts'
import type { CompiledFilter } from '../compile_filter.ts'
import { matchedPosition } from '../match_position.ts'

export function isPositional(name: string): boolean {
  return name === '$' || name.endsWith('.$') || name.includes('.$.')
}

/** @throws ServerError 31394, 31308, 31395, 16410 */
export function checkPositional(name: string, value: unknown, parents: readonly string[]): void {
  if (name.includes('.$.') || name.startsWith('$')) {
    throw new ServerError(
      31394,
      "As of 4.4, it's illegal to specify positional operator in the middle of a path." +
        'Positional projection may only be used at the end, for example: a.b.$. If the query' +
        " previously used a form like a.b.$.d, remove the parts following the '$' and the results" +
        ' will be equivalent.',
    )
  }
  if (parents.length > 0 || isDocument(value) || typeof value === 'string') {
    throw new ServerError(31308, 'positional projection cannot be used with an expression')
  }
  if (!isTrue(value)) {
    throw new ServerError(31395, 'positional projection cannot be used with exclusion')
  }
}

/**
 * The projected document, its array cut down to the element that the filter matched.
 *
 * @throws ServerError 51246 where the filter matched no element of an array
 */
export function keepMatched(
  projected: Document,
  source: Document,
  path: string,
  filter: CompiledFilter,
): Document {
  const parsed = parsePath(path)
  const array = getPath(source, parsed)
  if (!Array.isArray(array)) return projected
  const at = matchedPosition(filter.expression, source)
  if (at === undefined || at >= array.length) {
    throw new ServerError(
      51246,
      "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
    )
  }
  const kept = getPath(projected, parsed)
  const element = Array.isArray(kept) && kept.length === array.length ? kept[at] : array[at]
  return setPath(projected, parsed, [element]) ?? projected
}
