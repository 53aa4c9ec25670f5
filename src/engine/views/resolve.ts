import type { Document } from '../../bson/index.ts'
import { type Namespace, namespaceText } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { findView, type ViewDefinition } from './view_definition.ts'

/** What a view comes to: a collection, and all the pipelines on the way to it. */
export interface ResolvedView {
  readonly ns: Namespace
  readonly pipeline: readonly Document[]
}

/** Server: `ViewGraph::kMaxViewDepth`. */
const DEPTH_MAX = 20

/**
 * Follows a view down to its collection.
 *
 * @throws ServerError 165 where there is no end to it. Source: view_catalog_helpers.cpp (8.0)
 */
export function resolveView(op: OperationContext, view: ViewDefinition): ResolvedView {
  const pipelines: (readonly Document[])[] = []
  let current: ViewDefinition | undefined = view
  let ns = view.ns
  while (current !== undefined) {
    if (pipelines.length === DEPTH_MAX) throw tooDeep()
    pipelines.unshift(current.pipeline)
    ns = { db: view.ns.db, coll: current.viewOn }
    current = findView(op, ns)
  }
  return { ns, pipeline: pipelines.flat() }
}

/**
 * Whether a view of this name may stand on that one: none is its own foundation.
 *
 * @throws ServerError 5, 165. Source: view_graph.cpp (8.0)
 */
export function checkFoundation(op: OperationContext, ns: Namespace, viewOn: string): void {
  const path = [namespaceText(ns)]
  let on: string | undefined = viewOn
  while (on !== undefined) {
    const below: Namespace = { db: ns.db, coll: on }
    path.push(namespaceText(below))
    if (below.coll === ns.coll) {
      throw new ServerError('GraphContainsCycle', `View cycle detected: ${path.join(' => ')}`)
    }
    if (path.length > DEPTH_MAX + 1) throw tooDeep()
    on = findView(op, below)?.viewOn
  }
}

function tooDeep(): ServerError {
  return new ServerError(
    'ViewDepthLimitExceeded',
    `View depth too deep or view cycle detected; maximum depth is ${DEPTH_MAX}`,
  )
}
