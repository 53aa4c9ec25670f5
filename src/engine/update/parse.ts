/**
 * From `{ $set: { b: 1 }, $inc: { 'a.n': 2 } }` to a list of leaves, in the order in which they
 * apply: by path, whatever their order in the update. Source of rules and messages: server,
 * update_driver.cpp.
 */
import {
  canonicalText,
  type Document,
  isDocument,
  type Path,
  typeNameOf,
} from '../../bson/index.ts'
import { BINARY_ORDER, type ValueOrder } from '../collation/index.ts'
import { ServerError } from '../errors.ts'
import { type ArrayFilters, NO_ARRAY_FILTERS } from './array_filters.ts'
import { ClaimedPaths } from './conflicts.ts'
import type { UpdateLeaf } from './modifier.ts'
import { isUpdateOperatorName, type UpdateOperatorName } from './operators/names.ts'
import { checkRenamePaths } from './operators/rename.ts'
import { UPDATE_OPERATORS } from './operators/table.ts'
import { comparePaths, isPositional, parseUpdatePath } from './update_path.ts'

const NO_LEAVES: UpdateLeaf[] = []

export interface ParseOptions {
  readonly filters: ArrayFilters
  /** How operators compare values. */
  readonly order: ValueOrder
}

const NO_OPTIONS: ParseOptions = { filters: NO_ARRAY_FILTERS, order: BINARY_ORDER }

/**
 * @throws ServerError 9 FailedToParse, 40 ConflictingUpdateOperators, 56 EmptyFieldName, and each
 *   operator's own
 */
export function parseOperators(update: Document, options: ParseOptions = NO_OPTIONS): UpdateLeaf[] {
  let leaves: UpdateLeaf[] = NO_LEAVES
  try {
    for (const name in update) {
      const operator = checkOperator(name, update[name])
      const fields = update[name] as Document
      for (const field in fields) {
        const leaf = parseLeaf(operator, field, fields[field], options)
        // Most updates have one: a literal, which has no room for more that nobody comes to fill.
        if (leaves === NO_LEAVES) leaves = [leaf]
        else leaves.push(leaf)
      }
    }
  } catch (error) {
    // The server checks for conflicts as it goes, so one before this error is what it would see.
    checkConflicts(leaves)
    throw error
  }
  if (leaves.length === 1 && leaves[0]!.from === undefined) return leaves
  const sorted = leaves.toSorted((a, b) => comparePaths(a.path.parts, b.path.parts))
  if (mayConflict(sorted)) checkConflicts(leaves)
  return sorted
}

/**
 * Sorted, a path comes right before those it leads to. Renames, with two paths each, are looked at
 * closely; so are paths that name elements by what they are.
 */
function mayConflict(sorted: readonly UpdateLeaf[]): boolean {
  for (let i = 0; i < sorted.length; i++) {
    const { path, from, isPositional: isLookedAt } = sorted[i]!
    if (from !== undefined || isLookedAt) return true
    const next = sorted[i + 1]?.path.text
    if (next === path.text || next?.startsWith(`${path.text}.`)) return true
  }
  return false
}

/** In the order in which they were written, for the message names the later one. */
function checkConflicts(leaves: readonly UpdateLeaf[]): void {
  const claimed = new ClaimedPaths()
  for (const { from, path } of leaves) {
    // A rename claims the place it empties as well.
    if (from !== undefined) claimed.claim(from)
    claimed.claim(path)
  }
}

function checkOperator(name: string, fields: unknown): UpdateOperatorName {
  if (!isUpdateOperatorName(name)) {
    throw new ServerError(
      'FailedToParse',
      `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as` +
        ' an array',
    )
  }
  if (!isDocument(fields)) {
    throw new ServerError(
      'FailedToParse',
      `Modifiers operate on fields but we found type ${typeNameOf(fields)} instead. For example: {$mod:` +
        ` {<field>: ...}} not {${name}: ${canonicalText(fields)}}`,
    )
  }
  return name
}

function parseLeaf(
  operator: UpdateOperatorName,
  field: string,
  operand: unknown,
  { filters, order }: ParseOptions,
): UpdateLeaf {
  const written = parseUpdatePath(field, filters)
  const modifier = UPDATE_OPERATORS[operator].parse(operand, field, order)
  let path = written
  let from: Path | undefined
  if (operator === '$rename') {
    path = parseUpdatePath(operand as string, filters)
    from = written
    checkRenamePaths(from, path)
  }
  const first = path.parts[0]!
  return {
    path,
    isPlain:
      path.parts.length === 1 && !path.inherited && first !== '_id' && !first.startsWith('$'),
    isPositional: isPositional(path),
    place: { path: path.text, name: path.parts[path.parts.length - 1]! },
    modifier,
    insertOnly: operator === '$setOnInsert',
    from,
  }
}
