/** The paths that updates accept, and the order in which an update visits them. */
import { compareStrings, type Path, parsePath } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import type { ArrayFilters } from './array_filters.ts'

/**
 * Parses the path of an update operator. Source of rules and messages: server, field_checker.cpp,
 * UpdateObjectNode::parseAndMerge.
 *
 * @param filters whose identifiers may stand in it
 */
export function parseUpdatePath(text: string, filters: ArrayFilters): Path {
  if (text === '') throw new ServerError('EmptyFieldName', 'An empty update path is not valid.')
  const path = parsePath(text)
  if (path.parts.length > 1 && path.parts.includes('')) {
    throw new ServerError(
      'EmptyFieldName',
      `The update path '${text}' contains an empty field name, which is not allowed.`,
    )
  }
  if (text.includes('$')) checkPositional(path, filters)
  return path
}

function checkPositional({ text, parts }: Path, filters: ArrayFilters): void {
  if (parts.filter((part) => part === '$').length > 1) {
    throw bad(`Too many positional (i.e. '$') elements found in path '${text}'`)
  }
  if (parts[0] === '$') {
    throw bad(`Cannot have positional (i.e. '$') element in the first position in path '${text}'`)
  }
  if (identifierIn(parts[0]!) !== undefined) {
    throw bad(
      "Cannot have array filter identifier (i.e. '$[<id>]') element in the first position in path" +
        ` '${text}'`,
    )
  }
  for (const part of parts) {
    const identifier = identifierIn(part)
    if (identifier === undefined || identifier === '' || filters.has(identifier)) continue
    throw bad(`No array filter found for identifier '${identifier}' in path '${text}'`)
  }
}

/** Whether a path names elements by something other than their index. */
export function isPositional({ text, parts }: Path): boolean {
  return (
    text.includes('$') && parts.some((part) => part === '$' || identifierIn(part) !== undefined)
  )
}

/** The identifier of an array filter; empty for `$[]`, which stands for all elements. */
export function identifierIn(part: string): string | undefined {
  return part.startsWith('$[') && part.endsWith(']') ? part.slice(2, -1) : undefined
}

function bad(message: string): ServerError {
  return new ServerError('BadValue', message)
}

/**
 * The order in which an update visits paths, and so in which new fields are appended: component by
 * component, names as text, array indexes as numbers. Source: server, cmpPathsAndArrayIndexes.
 */
export function comparePaths(a: readonly string[], b: readonly string[]): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = compareComponents(a[i]!, b[i]!)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/**
 * Names that begin with digits go by length first, whether they are numbers or not (`'9'` before
 * `'10'`, also `'9z'` before `'10a'`): the server looks no further than it must to be consistent.
 */
function compareComponents(a: string, b: string): number {
  if (startsAsNumber(a) && startsAsNumber(b) && a.length !== b.length) return a.length - b.length
  return compareStrings(a, b)
}

/** A digit first, and no zero padding. */
function startsAsNumber(name: string): boolean {
  const first = name.charCodeAt(0)
  return first >= 48 && first <= 57 && (first !== 48 || name.length === 1)
}
