/** What `$rename` asks of the documents it moves values in. Source: server, RenameNode::apply. */
import type { Document, Path } from '../../bson/index.ts'
import { ServerError } from '../errors.ts'
import type { Found } from './draft.ts'
import { elementText, idText } from './messages.ts'

/**
 * Whether there is something to rename.
 *
 * @param plain turns a draft into a value that can be printed
 * @throws ServerError 28 PathNotViable where the path runs into a value that holds no fields
 */
export function checkRenameSource(
  from: Path,
  { container, depth, value, isBlocked }: Found,
  plain: (value: unknown) => unknown,
): boolean {
  if (!isBlocked) return value !== undefined
  const holder = from.parts[depth - 1]!
  throw new ServerError(
    'PathNotViable',
    `cannot use the part (${holder} of ${from.text}) to traverse the element` +
      ` ({${elementText(holder, plain(container))}})`,
  )
}

/** Neither end of a rename may lie within an array; what is moved may be one. */
export function checkRenameable(
  end: 'source' | 'destination',
  path: Path,
  { arrayDepths }: Found,
  root: Document,
): void {
  const innermost = arrayDepths.at(-1)
  if (innermost === undefined) return
  throw new ServerError(
    'BadValue',
    `The ${end} field cannot be an array element, '${path.text}' in doc with ${idText(root, 'no id')}` +
      ` has an array field called '${path.parts[innermost - 1]}'`,
  )
}
