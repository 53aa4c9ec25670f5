import type { Document } from '../../bson/index.ts'
import type { Collection } from '../catalog/collection.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { compileFilter } from '../query/index.ts'
import { describeFailure } from './describe_failure.ts'

/**
 * Looks whether a document may be written. At the level `moderate` an update that starts from a
 * document which does not pass may leave it so. Source: `CollectionImpl::checkValidation`,
 * collection_write_path.cpp (8.0).
 *
 * @param before what it was; nothing: it is new
 * @throws ServerError 121 DocumentValidationFailure with why, unless the collection only warns
 */
export function validateDocument(
  op: OperationContext,
  { options, text, order }: Collection,
  document: Document,
  before: Document | undefined,
): void {
  const { validator, validationLevel, validationAction } = options
  if (validator === undefined || op.bypassesValidation) return
  const language = op.language.withOrder(order)
  const { matches } = op.services.filters.compile(validator, language)
  if (matches(document)) return
  if (before !== undefined && validationLevel === 'moderate' && !matches(before)) return
  if (validationAction === 'warn') {
    op.trace('document failed validation', { namespace: text, _id: document['_id'] })
    return
  }
  const passes = (filter: Document): boolean => compileFilter(filter, language).matches(document)
  throw new ServerError('DocumentValidationFailure', 'Document failed validation', {
    errInfo: {
      failingDocumentId: document['_id'],
      details: describeFailure(validator, document, passes),
    },
  })
}
