/** From an update as a command gives it to one that can be applied. */
import { type Document, isDocument } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { firstFieldName } from '../query/index.ts'
import { OperatorUpdate } from './operator_update.ts'
import { parseOperators } from './parse.ts'
import { ReplacementUpdate } from './replacement_update.ts'
import type { CompiledUpdate } from './update.ts'

export interface UpdateOptions {
  /** Whether all matches are updated, which no replacement can. */
  readonly multi?: boolean | undefined
  /** Conditions for `$[identifier]` in paths: not supported yet. */
  readonly arrayFilters?: readonly Document[] | undefined
}

const NO_OPTIONS: UpdateOptions = {}

/**
 * Compiles an update: operators if its first field starts with `$`, else a replacement. It must not
 * change any more: operands are not copied.
 *
 * @throws ServerError 9 FailedToParse, 40 ConflictingUpdateOperators, 56 EmptyFieldName, the codes
 *   of each operator, and 238 NotImplemented for pipelines, `arrayFilters` and positional paths
 */
export function compileUpdate(
  update: unknown,
  options: UpdateOptions = NO_OPTIONS,
): CompiledUpdate {
  if (Array.isArray(update)) {
    throw new ServerError('NotImplemented', 'updates by a pipeline are not supported yet')
  }
  if (!isDocument(update)) {
    throw new ServerError('FailedToParse', 'Update argument must be either an object or an array')
  }
  if (options.arrayFilters !== undefined && options.arrayFilters.length > 0) {
    throw new ServerError('NotImplemented', 'arrayFilters are not supported yet')
  }
  if (firstFieldName(update)?.startsWith('$')) return new OperatorUpdate(parseOperators(update))
  if (options.multi === true) {
    throw new ServerError(
      'FailedToParse',
      'multi update is not supported for replacement-style update',
    )
  }
  return new ReplacementUpdate(update)
}
