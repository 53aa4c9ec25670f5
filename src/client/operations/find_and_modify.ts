import type { Document } from 'bson'
import { type CopyOutOptions, copyIn, copyOut } from '../../bson/index.ts'
import type { ErrorClasses } from '../errors.ts'
import { executeOperation } from '../execute_operation.ts'
import type { FindOneAndUpdateOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import { toSort } from '../sort.ts'
import {
  addCollation,
  addGeneric,
  addLet,
  addWriteConcern,
  bsonOf,
  copied,
  explained,
  optionsOf,
} from './command_fields.ts'
import { hasOperators } from './update.ts'

export interface ModifyResult<TDocument> {
  value: TDocument | null
  lastErrorObject?: Document
  ok: 0 | 1
}

/** What is done with the document that is found. */
export type Modification =
  | { readonly kind: 'delete' }
  | { readonly kind: 'replace'; readonly replacement: Document }
  | { readonly kind: 'update'; readonly update: Document | Document[] }

/** What of the reply the caller wants. */
interface Wanted {
  readonly whole: boolean
  readonly out: CopyOutOptions | undefined
}

/** @returns the document or null; with `includeResultMetadata`, a `ModifyResult` */
export function findAndModify(
  scope: Scope,
  filter: Document,
  modification: Modification,
  options: FindOneAndUpdateOptions | undefined,
): unknown {
  const { errors } = scope.core
  const given: FindOneAndUpdateOptions = optionsOf(scope, options)
  const bson = bsonOf(scope, given)
  checkArguments(errors, filter, modification, bson.in?.ignoreUndefined)
  const command: Document = {
    findAndModify: scope.collection,
    query: copyIn(filter, bson.in),
    remove: modification.kind === 'delete',
    new: modification.kind !== 'delete' && given.returnDocument === 'after',
    upsert: modification.kind !== 'delete' && given.upsert === true,
  }
  const sort = toSort(given.sort, errors)
  if (sort !== undefined) command['sort'] = sort
  if (given.projection) command['fields'] = copied(given.projection, bson)
  addLet(command, given.let)
  if (given.hint) command['hint'] = copied(given.hint, bson)
  if (modification.kind === 'replace') command['update'] = copied(modification.replacement, bson)
  if (modification.kind === 'update') {
    command['update'] = copied(modification.update, bson)
    if (given.arrayFilters) command['arrayFilters'] = copied(given.arrayFilters, bson)
  }
  if (modification.kind !== 'delete' && given.bypassDocumentValidation === true) {
    command['bypassDocumentValidation'] = true
  }
  addWriteConcern(command, scope, given)
  addCollation(command, given)
  addGeneric(command, given)
  const sent = explained(command, given)
  const whole = given.includeResultMetadata === true || given.explain !== undefined
  return executeOperation(scope.core, scope.db, sent, given, modified, { whole, out: bson.out })
}

function checkArguments(
  errors: ErrorClasses,
  filter: Document,
  modification: Modification,
  ignoreUndefined: boolean | undefined,
): void {
  const refuse = (message: string) => new errors.MongoInvalidArgumentError(message)
  if (filter === null || typeof filter !== 'object') {
    throw refuse('Argument "filter" must be an object')
  }
  if (modification.kind === 'replace') {
    const { replacement } = modification
    if (replacement === null || typeof replacement !== 'object') {
      throw refuse('Argument "replacement" must be an object')
    }
    if (hasOperators(errors, replacement)) {
      throw refuse('Replacement document must not contain atomic operators')
    }
  }
  if (modification.kind === 'update') {
    const { update } = modification
    if (update === null || typeof update !== 'object') {
      throw refuse('Argument "update" must be an object')
    }
    if (!hasOperators(errors, update, ignoreUndefined)) {
      throw refuse('Update document requires atomic operators')
    }
  }
}

function modified(reply: Document, wanted: Wanted): unknown {
  if (wanted.whole) return copyOut(reply, wanted.out)
  const { value } = reply
  return value === undefined || value === null ? null : copyOut(value, wanted.out)
}
