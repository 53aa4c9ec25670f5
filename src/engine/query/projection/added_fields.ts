/**
 * The fields that `$addFields` makes. Source: parsed_add_fields, add_fields_projection_executor.
 */
import { canonicalText, type Document, isDocument } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import { type ExpressionContext, parseFieldPath } from '../../expression/index.ts'
import type { Projection } from './compile_projection.ts'
import { addComputed } from './computed.ts'
import { addLeaf, emptyTree, type ProjectionTree } from './tree.ts'

/** @throws ServerError 40177, 40180, 40181, 40176, and those of expressions */
export function compileAddedFields(spec: Document, expressions: ExpressionContext): Projection {
  if (Object.keys(spec).length === 0) {
    throw new ServerError(40177, 'specification must have at least one field')
  }
  const root = emptyTree()
  addFields(root, spec, [], expressions)
  return (document) => addComputed({ ...document }, document, root)
}

function addFields(
  root: ProjectionTree,
  spec: Document,
  parents: readonly string[],
  expressions: ExpressionContext,
): void {
  for (const name in spec) {
    const path = [...parents, ...parseFieldPath(name)]
    const value = spec[name]
    if (isDocument(value) && !isExpression(value, path)) addFields(root, value, path, expressions)
    else addField(root, path, expressions, value)
  }
}

/** Not the fields of an embedded document. */
function isExpression(value: Document, path: readonly string[]): boolean {
  const [first, ...others] = Object.keys(value)
  if (first === undefined) {
    throw new ServerError(
      40180,
      `an empty object is not a valid value. Found empty object at path ${path.join('.')}`,
    )
  }
  if (!first.startsWith('$')) return false
  if (others.length === 0) return true
  throw new ServerError(
    40181,
    `an expression specification must contain exactly one field, the name of the expression. Found ${others.length + 1} fields in ${canonicalText(value)}, while parsing object at path ${path.join('.')}`,
  )
}

function addField(
  root: ProjectionTree,
  path: readonly string[],
  expressions: ExpressionContext,
  value: unknown,
): void {
  const expression = expressions.compile(value)
  try {
    addLeaf(root, path, { kind: 'computed', expression })
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    throw new ServerError(
      40176,
      `specification contains two conflicting paths. Cannot specify both '${path.join('.')}' and another path that is part of it`,
    )
  }
}
