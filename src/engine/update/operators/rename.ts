/**
 * `$rename`: move a value to another field. The only operator about two places, so that the work is
 * done where both can be reached (`recipe.ts`); a value found at the new place is simply replaced.
 */
import { canonicalText, type Path } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { Modifier } from '../modifier.ts'
import type { UpdateOperator } from '../operator.ts'
import { isPositional } from '../update_path.ts'

/** Stands in the leaf of a rename, which is known by its `from` and asks no modifier. */
const MOVE: Modifier = {
  missingPath: 'create',
  modify: (existing) => existing,
  create: () => undefined,
}

/** Source of rules and messages: server, UpdateObjectNode::parseAndMerge and RenameNode::init. */
export const $rename = {
  name: '$rename',
  parse(operand, path) {
    if (typeof operand !== 'string') {
      throw bad(`The 'to' field for $rename must be a string: ${path}: ${canonicalText(operand)}`)
    }
    if (operand.includes('\0')) {
      throw bad("The 'to' field for $rename cannot contain an embedded null byte")
    }
    return MOVE
  },
} as const satisfies UpdateOperator

/** The two paths of a rename, both parsed, must lie apart. */
export function checkRenamePaths(from: Path, to: Path): void {
  if (isPositional(from)) {
    throw bad(`The source field for $rename may not be dynamic: ${from.text}`)
  }
  if (isPositional(to)) {
    throw bad(`The destination field for $rename may not be dynamic: ${to.text}`)
  }
  const shown = `${from.text}: ${canonicalText(to.text)}`
  if (from.text === to.text) {
    throw bad(`The source and target field for $rename must differ: ${shown}`)
  }
  if (to.text.startsWith(`${from.text}.`) || from.text.startsWith(`${to.text}.`)) {
    throw bad(`The source and target field for $rename must not be on the same path: ${shown}`)
  }
}

function bad(message: string): ServerError {
  return new ServerError('BadValue', message)
}
