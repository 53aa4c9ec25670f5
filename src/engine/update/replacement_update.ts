/**
 * Updates by a whole document, which keeps the old `_id`.
 * Source of rules and messages: server, object_replace_executor.cpp.
 */
import type { Timestamp } from 'bson'
import { compareValues, type Document, fieldOf, tagOf, withField } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { AppliedUpdate } from './applied_update.ts'
import { areIdentical } from './identical.ts'
import { elementText } from './messages.ts'
import type { UpdateContext } from './modifier.ts'
import { checkFieldNames } from './storage_validation.ts'
import type { CompiledUpdate } from './update.ts'

export class ReplacementUpdate implements CompiledUpdate {
  readonly kind = 'replacement'
  readonly #replacement: Document

  constructor(replacement: Document) {
    this.#replacement = replacement
  }

  apply(document: Document, context: UpdateContext): AppliedUpdate {
    const replacement = withTimestamps(this.#replacement, context)
    if (areIdentical(document, replacement)) return new AppliedUpdate(document, document, [])
    const oldId = fieldOf(document, '_id')
    const newId = fieldOf(replacement, '_id')
    const result = withIdFirst(replacement, newId === undefined ? oldId : newId)
    if (!context.isInsert) checkFieldNames(result)
    if (newId !== undefined && oldId !== undefined) checkSameId(oldId, newId)
    return AppliedUpdate.replaced(result)
  }
}

/** @throws ServerError 66 ImmutableField, 54 for an array */
export function checkSameId(oldId: unknown, newId: unknown): void {
  if (Array.isArray(newId)) {
    throw new ServerError(
      'NotSingleValueField',
      "After applying the update to the document, the (immutable) field '_id' was found to be an array or" +
        ' array descendant.',
    )
  }
  if (compareValues(oldId, newId) === 0) return
  throw new ServerError(
    'ImmutableField',
    "After applying the update, the (immutable) field '_id' was found to have been altered to " +
      elementText('_id', newId),
  )
}

/** Documents are stored with their `_id` first. */
export function withIdFirst(document: Document, id: unknown): Document {
  if (id === undefined) return document
  for (const first in document) {
    if (first === '_id') return document
    break
  }
  const { _id, ...rest } = document
  return { _id: id, ...rest }
}

/**
 * Empty timestamps at the top of a replacement become the time of the update; so they do on insert.
 */
export function withTimestamps(
  document: Document,
  context: Pick<UpdateContext, 'timestamp'>,
): Document {
  let result = document
  for (const name in document) {
    if (name === '_id' || !isEmptyTimestamp(document[name])) continue
    result = withField(result, name, context.timestamp())
  }
  return result
}

function isEmptyTimestamp(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || tagOf(value) !== 'Timestamp') return false
  const { t, i } = value as Timestamp
  return t === 0 && i === 0
}
