/**
 * `_id` never changes once it is there. Setting it to what it is, byte for byte, is no change.
 * Source of messages: server, ModifierNode and its checkImmutablePaths functions.
 */
import { type Document, fieldOf, getPath, isDocument, type Path } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { elementText } from './messages.ts'

/** Checks a change that one leaf has just made at a path that is `_id` or below it. */
export function checkIdUntouched(before: Document, after: Document, path: Path): void {
  if (fieldOf(before, '_id') === undefined) return
  if (getPath(before, path) !== undefined) throw wouldModify(path.text)
  // Something was made below `_id`: the message names the deepest part that was there.
  let taken = '_id'
  let name = '_id'
  let was = fieldOf(before, '_id')
  let is = fieldOf(after, '_id')
  for (const part of path.parts.slice(1)) {
    const inner = isDocument(was) ? fieldOf(was, part) : undefined
    if (inner === undefined) break
    was = inner
    is = fieldOf(is as Document, part)
    name = part
    taken += `.${part}`
  }
  throw new ServerError(
    'ImmutableField',
    `Updating the path '${taken}' to ${elementText(name, is)} would modify the immutable field '_id'`,
  )
}

/** A change of an existing value at `_id` or below it. */
export function wouldModify(path: string): ServerError {
  return new ServerError(
    'ImmutableField',
    `Performing an update on the path '${path}' would modify the immutable field '_id'`,
  )
}
