/** What `collection.bulkWrite` is given, and the statements that follow from it. */
import type { Document } from 'bson'
import type { ErrorClasses } from '../errors.ts'
import { type DeleteLimit, deleteStatement } from '../operations/delete.ts'
import { checkChange, type UpdateKind, updateStatement } from '../operations/update.ts'
import type { CollationOptions, Hint } from '../options.ts'
import type { Filter, OptionalId, UpdateFilter, WithoutId } from '../schema.ts'
import type { Sort } from '../sort.ts'

export interface InsertOneModel<TSchema> {
  document: OptionalId<TSchema>
}

export interface DeleteOneModel<TSchema> {
  filter: Filter<TSchema>
  collation?: CollationOptions
  hint?: Hint
}

export type DeleteManyModel<TSchema> = DeleteOneModel<TSchema>

export interface ReplaceOneModel<TSchema> extends DeleteOneModel<TSchema> {
  replacement: WithoutId<TSchema>
  upsert?: boolean
  sort?: Sort
}

export interface UpdateManyModel<TSchema> extends DeleteOneModel<TSchema> {
  update: UpdateFilter<TSchema> | Document[]
  arrayFilters?: Document[]
  upsert?: boolean
}

export interface UpdateOneModel<TSchema> extends UpdateManyModel<TSchema> {
  sort?: Sort
}

/** One operation: an object whose only key names it. */
export type AnyBulkWriteOperation<TSchema = Document> =
  | { insertOne: InsertOneModel<TSchema> }
  | { replaceOne: ReplaceOneModel<TSchema> }
  | { updateOne: UpdateOneModel<TSchema> }
  | { updateMany: UpdateManyModel<TSchema> }
  | { deleteOne: DeleteOneModel<TSchema> }
  | { deleteMany: DeleteManyModel<TSchema> }

export type StatementKind = 'insert' | 'update' | 'delete'

/** One statement of a bulk write: a document to insert, or an update or delete statement. */
export interface BulkStatement {
  readonly kind: StatementKind
  /** Holds the caller's own values, and is what a write error reports. */
  readonly op: Document
}

/** Every kind of operation, and how it becomes a statement. */
const KINDS: {
  readonly [name: string]: (errors: ErrorClasses, model: Document) => BulkStatement
} = {
  // Also without the `document` in between, as older code has it.
  insertOne: (_, model) => ({ kind: 'insert', op: model['document'] ?? model }),
  replaceOne: (errors, model) => updateOf(errors, 'replaceOne', model, model['replacement']),
  updateOne: (errors, model) => updateOf(errors, 'updateOne', model, model['update']),
  updateMany: (errors, model) => updateOf(errors, 'updateMany', model, model['update']),
  deleteOne: (errors, model) => deleteOf(errors, model, 1),
  deleteMany: (errors, model) => deleteOf(errors, model, 0),
}

/** @throws MongoInvalidArgumentError for anything but one of the six */
export function toStatement(
  errors: ErrorClasses,
  operation: AnyBulkWriteOperation<never>,
): BulkStatement {
  if (operation === null || typeof operation !== 'object') {
    throw new errors.MongoInvalidArgumentError('Operation must be an object with an operation key')
  }
  for (const name of Object.keys(KINDS)) {
    const model = (operation as Document)[name]
    if (model !== undefined) return (KINDS[name] as (typeof KINDS)[string])(errors, model)
  }
  throw new errors.MongoInvalidArgumentError(
    'bulkWrite only supports insertOne, updateOne, updateMany, deleteOne, deleteMany',
  )
}

function updateOf(
  errors: ErrorClasses,
  kind: UpdateKind,
  model: Document,
  change: Document | Document[],
): BulkStatement {
  refuseRaw(errors, model)
  const op = updateStatement(errors, kind, model['filter'], change, model)
  checkChange(errors, kind, change)
  return { kind: 'update', op }
}

function deleteOf(errors: ErrorClasses, model: Document, limit: DeleteLimit): BulkStatement {
  refuseRaw(errors, model)
  return { kind: 'delete', op: deleteStatement(model['filter'], limit, model) }
}

function refuseRaw(errors: ErrorClasses, model: Document): void {
  if ('q' in model) throw new errors.MongoInvalidArgumentError('Raw operations are not allowed')
}
