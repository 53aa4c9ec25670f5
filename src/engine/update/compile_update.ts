/** From an update as a command gives it to one that can be applied. */
import { type Document, isDocument } from '../../bson/index.ts'
import { compileTransformation } from '../aggregate/index.ts'
import { BINARY_ORDER } from '../collation/index.ts'
import { ServerError } from '../errors.ts'
import type { ExpressionContext } from '../expression/index.ts'
import { firstFieldName } from '../query/index.ts'
import { type ArrayFilters, checkAllUsed, parseArrayFilters } from './array_filters.ts'
import type { UpdateLeaf } from './modifier.ts'
import { OperatorUpdate } from './operator_update.ts'
import { parseOperators } from './parse.ts'
import { PipelineUpdate } from './pipeline_update.ts'
import { PositionalUpdate } from './positional_update.ts'
import { ReplacementUpdate } from './replacement_update.ts'
import type { CompiledUpdate } from './update.ts'
import { identifierIn } from './update_path.ts'

export interface UpdateOptions {
  /** Whether all matches are updated, which no replacement can. */
  readonly multi?: boolean | undefined
  /** Conditions for `$[identifier]` in paths. */
  readonly arrayFilters?: readonly Document[] | undefined | null
  /** Constants of a pipeline, as variables. */
  readonly c?: Document | undefined | null
  /** What a pipeline is compiled in, and how operators compare; nothing: by their bytes. */
  readonly language?: ExpressionContext | undefined
}

const NO_OPTIONS: UpdateOptions = {}

/**
 * Compiles an update: a pipeline, operators if its first field starts with `$`, else a replacement.
 * It must not change any more: operands are not copied.
 *
 * @throws ServerError 9 FailedToParse, 40 ConflictingUpdateOperators, 56 EmptyFieldName, 51198, and
 *   the codes of each operator
 */
export function compileUpdate(
  update: unknown,
  options: UpdateOptions = NO_OPTIONS,
): CompiledUpdate {
  const { arrayFilters, c } = options
  if (Array.isArray(update)) return compilePipeline(update, options)
  if (!isDocument(update)) {
    throw new ServerError('FailedToParse', 'Update argument must be either an object or an array')
  }
  if (c !== undefined && c !== null) {
    throw new ServerError(51198, 'Constant values may only be specified for pipeline updates')
  }
  const hasFilters = arrayFilters !== undefined && arrayFilters !== null && arrayFilters.length > 0
  if (firstFieldName(update)?.startsWith('$')) {
    if (hasFilters) return compileFiltered(update, arrayFilters, options)
    const order = options.language?.order ?? BINARY_ORDER
    const leaves =
      order === BINARY_ORDER
        ? parseOperators(update)
        : parseOperators(update, { order, filters: NONE })
    return leaves.some(isPositional)
      ? new PositionalUpdate(leaves, NONE)
      : new OperatorUpdate(leaves)
  }
  if (hasFilters) {
    throw new ServerError(
      'FailedToParse',
      'arrayFilters may not be specified for replacement-style updates',
    )
  }
  if (options.multi === true) {
    throw new ServerError(
      'FailedToParse',
      'multi update is not supported for replacement-style update',
    )
  }
  return new ReplacementUpdate(update)
}

const NONE: ArrayFilters = new Map()

const isPositional = (leaf: UpdateLeaf): boolean => leaf.isPositional

/** Source of messages: parsed_update.cpp, the typing error is theirs. */
function compilePipeline(
  pipeline: readonly unknown[],
  { arrayFilters, c, language }: UpdateOptions,
): CompiledUpdate {
  if (arrayFilters !== undefined && arrayFilters !== null && arrayFilters.length > 0) {
    throw new ServerError(
      'FailedToParse',
      'arrayFilters may not be specified for pipeline-syle updates',
    )
  }
  if (language === undefined) {
    throw new ServerError('FailedToParse', 'A pipeline has no place here')
  }
  const scope = c === undefined || c === null ? language : language.withConstants(c)
  return new PipelineUpdate(compileTransformation(pipeline, scope))
}

function compileFiltered(
  update: Document,
  arrayFilters: readonly Document[],
  { language }: UpdateOptions,
): CompiledUpdate {
  const order = language?.order ?? BINARY_ORDER
  const filters = parseArrayFilters(arrayFilters, order)
  const leaves = parseOperators(update, { filters, order })
  const used = new Set<string>()
  for (const { path } of leaves) {
    for (const part of path.parts) {
      const identifier = identifierIn(part)
      if (identifier !== undefined) used.add(identifier)
    }
  }
  checkAllUsed(filters, used, update)
  return new PositionalUpdate(leaves, filters)
}
