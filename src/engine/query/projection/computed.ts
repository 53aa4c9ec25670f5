/**
 * Fields that are computed: by a projection, which appends them to what it includes, or by
 * `$addFields`, which puts them into the whole document.
 *
 * Along a path, arrays are entered element by element, and what is no document becomes one. A
 * value that is missing takes a field away. Source: `ProjectionNode::applyExpressions`,
 * projection_node.cpp (8.0).
 */
import { type Document, isDocument, withField } from '../../../bson/index.ts'
import type { ProjectionTree } from './tree.ts'

/**
 * @param result what the fields are put into; it may be changed
 * @param root what they are computed from
 */
export function addComputed(result: Document, root: Document, tree: ProjectionTree): Document {
  let made = result
  for (const [name, node] of tree.children) {
    let value: unknown
    if (node.kind === 'computed') value = node.expression(root)
    else if (node.kind === 'tree' && node.hasComputed) value = addBelow(made[name], root, node)
    else continue
    if (value === undefined) delete made[name]
    else if (name === '__proto__') made = withField(made, name, value)
    else made[name] = value
  }
  return made
}

function addBelow(value: unknown, root: Document, tree: ProjectionTree): unknown {
  if (Array.isArray(value)) return value.map((element) => addBelow(element, root, tree))
  return addComputed(isDocument(value) ? { ...value } : {}, root, tree)
}
