/** A projection, compiled once and run over many documents. */
import type { Document } from '../../../bson/index.ts'
import { applyElemMatches, exclude, include } from './apply.ts'
import { parseProjection } from './parse.ts'
import type { ProjectionTree } from './tree.ts'

/** Gives the projected document; it may share embedded values with the one given. */
export type Projection = (document: Document) => Document

/**
 * Compiles a projection; undefined for the empty one, which asks for everything.
 *
 * Supported: inclusion, exclusion, nested and dotted paths, `$slice`, `$elemMatch`.
 *
 * @throws ServerError 31253, 31254 (mixed), 31249, 31250 (collision), 51270 (empty), the codes of
 *   `$slice` and `$elemMatch`, and 238 NotImplemented for expressions, literals, `$meta` and the
 *   positional `$`
 */
export function compileProjection(spec: Document): Projection | undefined {
  if (isEmpty(spec)) return undefined
  const { kind, root } = parseProjection(spec)
  const elemMatches = elemMatchesOf(root)
  const project = kind === 'inclusion' ? include : exclude
  if (elemMatches.length === 0) return (document) => project(document, root)
  return (document) => applyElemMatches(project(document, root), document, elemMatches)
}

function isEmpty(document: Document): boolean {
  for (const _ in document) return false
  return true
}

function elemMatchesOf(root: ProjectionTree) {
  return [...root.children].flatMap(([name, node]) =>
    node.kind === 'elemMatch' ? [[name, node] as const] : [],
  )
}
