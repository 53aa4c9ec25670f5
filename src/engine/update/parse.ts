/**
 * From `{ $set: { b: 1 }, $inc: { 'a.n': 2 } }` to a list of leaves, in the order in which they apply: by path,
 * whatever their order in the update. Source of rules and messages: server, update_driver.cpp.
 */
import {
  canonicalText,
  type Document,
  isDocument,
  type Path,
  typeNameOf,
} from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import { ClaimedPaths } from './conflicts.ts'
import type { UpdateLeaf } from './modifier.ts'
import { isUpdateOperatorName, type UpdateOperatorName } from './operators/names.ts'
import { checkRenamePaths } from './operators/rename.ts'
import { UPDATE_OPERATORS } from './operators/table.ts'
import { comparePaths, parseUpdatePath } from './update_path.ts'

/** @throws ServerError 9 FailedToParse, 40 ConflictingUpdateOperators, 56 EmptyFieldName, and each operator's own */
export function parseOperators(update: Document): UpdateLeaf[] {
  const leaves: UpdateLeaf[] = []
  let claimed: ClaimedPaths | undefined
  for (const name in update) {
    const operator = checkOperator(name, update[name])
    const fields = update[name] as Document
    for (const field in fields) {
      const leaf = parseLeaf(operator, field, fields[field])
      if (claimed === undefined && (leaves.length > 0 || leaf.from !== undefined)) {
        claimed = new ClaimedPaths()
        for (const earlier of leaves) claim(claimed, earlier)
      }
      if (claimed !== undefined) claim(claimed, leaf)
      leaves.push(leaf)
    }
  }
  return leaves.length < 2
    ? leaves
    : leaves.sort((a, b) => comparePaths(a.path.parts, b.path.parts))
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

function parseLeaf(operator: UpdateOperatorName, field: string, operand: unknown): UpdateLeaf {
  const written = parseUpdatePath(field)
  const modifier = UPDATE_OPERATORS[operator].parse(operand, field)
  let path = written
  let from: Path | undefined
  if (operator === '$rename') {
    path = parseUpdatePath(operand as string)
    from = written
    checkRenamePaths(from, path)
  }
  return {
    path,
    place: { path: path.text, name: path.parts[path.parts.length - 1]! },
    modifier,
    insertOnly: operator === '$setOnInsert',
    from,
  }
}

/** A rename claims the place it empties as well. */
function claim(claimed: ClaimedPaths, { from, path }: UpdateLeaf): void {
  if (from !== undefined) claimed.claim(from)
  claimed.claim(path)
}
