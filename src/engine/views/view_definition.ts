import { canonicalText, type Document, encodeIdKey } from '../../bson/index.ts'
import { type Namespace, namespaceText } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import { findCollection } from '../exec/acquire.ts'
import type { OperationContext } from '../operation_context.ts'

/**
 * A view: a pipeline over a collection, or over another view, under a name of its own.
 *
 * Its definition is a document of its database's `system.views`, as the server has it. So a
 * transaction, a save and a fork see the views that they should, without a word of theirs.
 */
export interface ViewDefinition {
  readonly ns: Namespace
  readonly viewOn: string
  readonly pipeline: readonly Document[]
  /** As it is stored. */
  readonly document: Document
}

/** Where a database keeps its views. */
export const VIEWS_COLLECTION = 'system.views'

/** The view of this name; most often no database has any, which is a flag to look at. */
export function findView(op: OperationContext, ns: Namespace): ViewDefinition | undefined {
  if (!op.services.catalog.hasViews) return undefined
  const views = findCollection(op, { db: ns.db, coll: VIEWS_COLLECTION })
  if (views === undefined) return undefined
  const recordId = op.storage.get(views.idIndex.table, encodeIdKey(namespaceText(ns)))
  if (recordId === undefined) return undefined
  return definitionIn(op.storage.get(views.records, recordId)!)
}

/** The views of a database, in the order of their names. */
export function viewsOf(op: OperationContext, db: string): ViewDefinition[] {
  const views = findCollection(op, { db, coll: VIEWS_COLLECTION })
  if (views === undefined) return []
  const found: ViewDefinition[] = []
  const scan = op.storage.scan(views.records)
  while (scan.next()) found.push(definitionIn(scan.value))
  return found.sort((a, b) => (a.ns.coll < b.ns.coll ? -1 : 1))
}

/** @throws ServerError 182 for a document that somebody else wrote there */
export function definitionIn(document: Document): ViewDefinition {
  const { _id, viewOn, pipeline } = document
  const dot = typeof _id === 'string' ? _id.indexOf('.') : -1
  if (dot < 1 || typeof viewOn !== 'string' || !Array.isArray(pipeline)) {
    throw new ServerError(
      'InvalidViewDefinition',
      `found invalid view definition ${canonicalText(document)}`,
    )
  }
  const name = _id as string
  const ns = { db: name.slice(0, dot), coll: name.slice(dot + 1) }
  return { ns, viewOn, pipeline, document }
}
