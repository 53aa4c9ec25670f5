/** What `client.bulkWrite` is given: operations that each name their collection. */
import type { Document } from 'bson'
import type { ErrorClasses } from '../errors.ts'
import { hasOperators } from '../operations/update.ts'
import type { CommandOptions } from '../options.ts'
import { toSort } from '../sort.ts'
import type {
  DeleteManyModel,
  DeleteOneModel,
  InsertOneModel,
  ReplaceOneModel,
  UpdateManyModel,
  UpdateOneModel,
} from './models.ts'

type Named<Name extends string, Model> = Model & { name: Name }

export type AnyClientBulkWriteModel<TSchema = Document> = { namespace: string } & (
  | Named<'insertOne', InsertOneModel<TSchema>>
  | Named<'replaceOne', ReplaceOneModel<TSchema>>
  | Named<'updateOne', UpdateOneModel<TSchema>>
  | Named<'updateMany', UpdateManyModel<TSchema>>
  | Named<'deleteOne', DeleteOneModel<TSchema>>
  | Named<'deleteMany', DeleteManyModel<TSchema>>
)

export interface ClientBulkWriteOptions extends CommandOptions {
  /** False goes on after a failed operation. Default: true. */
  ordered?: boolean
  bypassDocumentValidation?: boolean
  let?: Document
  /** Reports each operation's own result. Default: false. */
  verboseResults?: boolean
}

/**
 * The entry of the command's `ops` that a model stands for.
 * @param namespaceIndex the place of the model's namespace in the command's `nsInfo`
 */
export function toClientOperation(
  errors: ErrorClasses,
  model: AnyClientBulkWriteModel,
  namespaceIndex: number,
): Document {
  switch (model.name) {
    case 'insertOne':
      return { insert: namespaceIndex, document: model.document }
    case 'deleteOne':
    case 'deleteMany': {
      const operation: Document = {
        delete: namespaceIndex,
        multi: model.name === 'deleteMany',
        filter: model.filter,
      }
      if (model.hint) operation['hint'] = model.hint
      if (model.collation) operation['collation'] = model.collation
      return operation
    }
    case 'replaceOne':
      if (hasOperators(errors, model.replacement)) {
        throw new errors.MongoAPIError(
          'Client bulk write replace models must not contain atomic modifiers ' +
            '(start with $) and must not be empty.',
        )
      }
      return updateOperation(errors, model, namespaceIndex, model.replacement)
    case 'updateOne':
    case 'updateMany':
      if (!hasOperators(errors, model.update)) {
        throw new errors.MongoAPIError(
          'Client bulk write update models must only contain atomic modifiers ' +
            '(start with $) and must not be empty.',
        )
      }
      return updateOperation(errors, model, namespaceIndex, model.update)
  }
}

function updateOperation(
  errors: ErrorClasses,
  model: AnyClientBulkWriteModel & { name: 'replaceOne' | 'updateOne' | 'updateMany' },
  namespaceIndex: number,
  updateMods: Document | Document[],
): Document {
  const operation: Document = {
    update: namespaceIndex,
    multi: model.name === 'updateMany',
    filter: model.filter,
    updateMods,
  }
  if (model.hint) operation['hint'] = model.hint
  if (model.upsert) operation['upsert'] = model.upsert
  if ('arrayFilters' in model) operation['arrayFilters'] = model.arrayFilters
  if (model.collation) operation['collation'] = model.collation
  const sort = 'sort' in model ? toSort(model.sort, errors) : undefined
  if (sort !== undefined) operation['sort'] = sort
  return operation
}
