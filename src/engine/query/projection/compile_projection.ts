/** A projection, compiled once and run over many documents. */
import type { Document } from '../../../bson/index.ts'
import { ServerError } from '../../errors.ts'
import type { ExpressionContext } from '../../expression/index.ts'
import type { CompiledFilter } from '../compile_filter.ts'
import { applyElemMatches, exclude, include } from './apply.ts'
import { addComputed } from './computed.ts'
import { type ParsedProjection, parseProjection } from './parse.ts'
import { keepMatched } from './positional.ts'
import type { ProjectionTree } from './tree.ts'

/** Gives the projected document; it may share embedded values with the one given. */
export type Projection = (document: Document) => Document

/**
 * Compiles the projection of a find; undefined for the empty one, which asks for everything.
 *
 * Supported: inclusion, exclusion, computed fields, nested and dotted paths, `$slice`,
 * `$elemMatch`, the positional `$`.
 *
 * @param filter of the same find: which element the positional `$` keeps
 * @throws ServerError 31253, 31254 (mixed), 31249, 31250 (collision), 51270 (empty), the codes of
 *   operators, and 238 NotImplemented for `$meta`
 */
export function compileProjection(
  spec: Document,
  expressions: ExpressionContext,
  filter?: CompiledFilter,
): Projection | undefined {
  if (isEmpty(spec)) return undefined
  const parsed = parseProjection(spec, expressions, 'find')
  const { root, positional } = parsed
  const project = applierOf(parsed)
  const elemMatches = elemMatchesOf(root)
  if (elemMatches.length > 0) {
    return (document) => applyElemMatches(project(document), document, elemMatches)
  }
  if (positional === undefined) return project
  if (filter === undefined) {
    throw new ServerError(51246, "positional operator '.$' needs a filter that matches an array")
  }
  return (document) => keepMatched(project(document), document, positional, filter)
}

/** Compiles the specification of a `$project`. */
export function compileStageProjection(spec: Document, expressions: ExpressionContext): Projection {
  return applierOf(parseProjection(spec, expressions, 'pipeline'))
}

function applierOf({ kind, root }: ParsedProjection): Projection {
  if (kind === 'exclusion') return (document) => exclude(document, root)
  if (!root.hasComputed) return (document) => include(document, root)
  return (document) => addComputed(include(document, root), document, root)
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
