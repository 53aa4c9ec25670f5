import type { Document } from 'bson'
import { copyIn, copyOut, copyValueOut } from '../../bson/index.ts'
import type { ClientCore } from '../core.ts'
import type { ErrorClasses } from '../errors.ts'
import { executeOperation } from '../execute_operation.ts'
import type { CollationOptions, CommandOptions, Hint, UpdateOneOptions } from '../options.ts'
import { UNACKNOWLEDGED } from '../request.ts'
import type { Scope } from '../scope.ts'
import { type Sort, toSort } from '../sort.ts'
import {
  addGeneric,
  addLet,
  addWriteConcern,
  bsonOf,
  explained,
  NO_OPTIONS,
  optionsOf,
} from './command_fields.ts'
import { throwFirstWriteError } from './insert.ts'

export interface UpdateResult<Id = Document[string]> {
  acknowledged: boolean
  /** Documents that the filter found; none where one was upserted. */
  matchedCount: number
  /** Documents that the update changed. */
  modifiedCount: number
  upsertedCount: number
  upsertedId: Id | null
}

/** Which method it is: they differ in what their update document may be. */
export type UpdateKind = 'updateOne' | 'updateMany' | 'replaceOne'

export function update(
  scope: Scope,
  kind: UpdateKind,
  filter: Document,
  change: Document | Document[],
  options: UpdateOneOptions | undefined,
): UpdateResult | Promise<UpdateResult> {
  const { core, settings } = scope
  const given = optionsOf(scope, options)
  const statement = updateStatement(core.errors, kind, filter, change, given)
  if (options === undefined && settings.plain) {
    checkChange(core.errors, kind, change)
    const command: Document = {
      update: scope.collection,
      updates: [copyIn(statement, undefined, statement)],
      ordered: true,
      $db: scope.db,
    }
    return executeOperation(core, scope.db, command, undefined, updated, undefined)
  }
  const bson = bsonOf(scope, given)
  checkChange(core.errors, kind, change, bson.in?.ignoreUndefined)
  const command = updateCommand(scope, [copyIn(statement, bson.in, statement)], given)
  return executeOperation(core, scope.db, explained(command, given), given, updated, given)
}

/** An update command for statements that are copied in already. */
export function updateCommand(
  scope: Scope,
  updates: readonly Document[],
  options: UpdateOneOptions & { readonly ordered?: boolean },
): Document {
  const command: Document = {
    update: scope.collection,
    updates,
    ordered: options.ordered ?? true,
  }
  if (typeof options.bypassDocumentValidation === 'boolean') {
    command['bypassDocumentValidation'] = options.bypassDocumentValidation
  }
  addLet(command, options.let)
  addWriteConcern(command, scope, options)
  addGeneric(command, options)
  return command
}

/** What one statement of an update command may ask for. */
export interface UpdateStatementOptions {
  readonly upsert?: boolean
  readonly hint?: Hint
  readonly arrayFilters?: readonly Document[]
  readonly collation?: CollationOptions
  readonly sort?: Sort
}

/** One statement of an update command. */
export function updateStatement(
  errors: ErrorClasses,
  kind: UpdateKind,
  filter: Document,
  change: Document | Document[],
  options: UpdateStatementOptions,
): Document {
  if (filter === null || typeof filter !== 'object') {
    throw new errors.MongoInvalidArgumentError('Selector must be a valid JavaScript object')
  }
  if (change === null || typeof change !== 'object') {
    throw new errors.MongoInvalidArgumentError('Document must be a valid JavaScript object')
  }
  const statement: Document = { q: filter, u: change }
  if (options === NO_OPTIONS && kind !== 'updateMany') return statement
  if (typeof options.upsert === 'boolean') statement['upsert'] = options.upsert
  if (kind === 'updateMany') statement['multi'] = true
  if (options.hint) statement['hint'] = options.hint
  if (options.arrayFilters) statement['arrayFilters'] = options.arrayFilters
  if (options.collation) statement['collation'] = options.collation
  if (kind !== 'updateMany') {
    const sort = toSort(options.sort, errors)
    if (sort !== undefined) statement['sort'] = sort
  }
  return statement
}

/** An update by operators must begin with one, and a replacement must not. */
export function checkChange(
  errors: ErrorClasses,
  kind: UpdateKind,
  change: Document | Document[],
  ignoreUndefined?: boolean,
): void {
  const byOperators = hasOperators(errors, change, kind !== 'replaceOne' && ignoreUndefined)
  if (kind === 'replaceOne') {
    if (!byOperators) return
    throw new errors.MongoInvalidArgumentError(
      'Replacement document must not contain atomic operators',
    )
  }
  if (!byOperators) {
    throw new errors.MongoInvalidArgumentError('Update document requires atomic operators')
  }
}

/** Whether the first field is an operator; in a pipeline, that of any stage. */
export function hasOperators(
  errors: ErrorClasses,
  change: Document | Document[],
  ignoreUndefined?: boolean,
): boolean {
  if (Array.isArray(change)) return change.some((stage) => hasOperators(errors, stage))
  // With undefined left out, an update of nothing but undefined would replace the document.
  if (ignoreUndefined && Object.values(change).every((value) => value === undefined)) {
    throw new errors.MongoInvalidArgumentError(
      'Update operations require that all atomic operators have defined values, ' +
        'but none were provided.',
    )
  }
  for (const first in change) return first.startsWith('$')
  return false
}

function updated(
  reply: Document,
  options: CommandOptions | undefined,
  core: ClientCore,
): UpdateResult {
  if (options?.explain !== undefined) return copyOut(reply) as UpdateResult & Document
  throwFirstWriteError(reply, core)
  const { upserted } = reply
  const upsertedCount: number = upserted === undefined ? 0 : upserted.length
  return {
    acknowledged: reply !== UNACKNOWLEDGED,
    modifiedCount: reply['nModified'] ?? reply['n'],
    upsertedId: upsertedCount > 0 ? copyValueOut(upserted[0]._id) : null,
    upsertedCount,
    matchedCount: upsertedCount > 0 ? 0 : reply['n'],
  }
}
