import type { Document } from 'bson'
import { copyIn, copyOut } from '../../bson/index.ts'
import type { ClientCore } from '../core.ts'
import { executeOperation } from '../execute_operation.ts'
import type { CollationOptions, CommandOptions, DeleteOptions, Hint } from '../options.ts'
import { UNACKNOWLEDGED } from '../request.ts'
import type { Scope } from '../scope.ts'
import {
  addGeneric,
  addLet,
  addWriteConcern,
  bsonOf,
  explained,
  isPlainFilter,
  optionsOf,
} from './command_fields.ts'
import { throwFirstWriteError } from './insert.ts'

export interface DeleteResult {
  acknowledged: boolean
  deletedCount: number
}

/** How many documents a delete statement removes: one, or 0 for all that its filter finds. */
export type DeleteLimit = 0 | 1

export function deleteDocuments(
  scope: Scope,
  filter: Document,
  limit: DeleteLimit,
  options: DeleteOptions | undefined,
): DeleteResult | Promise<DeleteResult> {
  const { core } = scope
  if (options === undefined && scope.settings.plain && isPlainFilter(filter)) {
    const command: Document = {
      delete: scope.collection,
      deletes: [{ q: copyIn(filter), limit }],
      ordered: true,
      $db: scope.db,
    }
    return executeOperation(core, scope.db, command, undefined, deleted, undefined)
  }
  const given = optionsOf(scope, options)
  const statement = copyIn(deleteStatement(filter, limit, given), bsonOf(scope, given).in)
  const command = explained(deleteCommand(scope, [statement], given), given)
  return executeOperation(core, scope.db, command, given, deleted, given)
}

/** A delete command for statements that are copied in already. */
export function deleteCommand(
  scope: Scope,
  deletes: readonly Document[],
  options: DeleteOptions,
): Document {
  const command: Document = {
    delete: scope.collection,
    deletes,
    ordered: typeof options.ordered === 'boolean' ? options.ordered : true,
  }
  addLet(command, options.let)
  addWriteConcern(command, scope, options)
  addGeneric(command, options)
  return command
}

/** One statement of a delete command. */
export function deleteStatement(
  filter: Document,
  limit: DeleteLimit,
  options: { readonly collation?: CollationOptions; readonly hint?: Hint },
): Document {
  const statement: Document = { q: filter, limit }
  if (options.collation) statement['collation'] = options.collation
  if (options.hint) statement['hint'] = options.hint
  return statement
}

function deleted(
  reply: Document,
  options: CommandOptions | undefined,
  core: ClientCore,
): DeleteResult {
  if (options?.explain !== undefined) return copyOut(reply) as DeleteResult & Document
  throwFirstWriteError(reply, core)
  return { acknowledged: reply !== UNACKNOWLEDGED, deletedCount: reply['n'] }
}
