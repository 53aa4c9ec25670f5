import { canonicalText, type Document, equalValues } from '../../bson/index.ts'
import {
  createView,
  findCollection,
  findView,
  isInternalDatabase,
  type Namespace,
  namespaceText,
  type OperationContext,
  orderOf,
  preparePipeline,
  resolveView,
  ServerError,
  type ViewParts,
} from '../../engine/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { Invocation } from '../invocation.ts'
import { collationOf } from '../terms.ts'

/** Stages that write, which no view may have. */
const WRITING_STAGES: ReadonlySet<string> = new Set(['$out', '$merge'])

/** Options that are a collection's only. */
const OF_COLLECTIONS = ['capped', 'size', 'max', 'validator', 'changeStreamPreAndPostImages']

/**
 * Whether `create` is asked for a view.
 *
 * @throws ServerError 72. Source: create_command.cpp (8.0)
 */
export function isViewRequest(command: Document): boolean {
  if (command['viewOn'] !== undefined && command['viewOn'] !== null) return true
  if (command['pipeline'] === undefined || command['pipeline'] === null) return false
  throw new ServerError('InvalidOptions', "'pipeline' requires 'viewOn' to also be specified")
}

/** Source: create_collection.cpp, `_createView` (8.0). */
export function* createViewOf(invocation: Invocation): Operation<Document> {
  const { op, ns, command } = invocation
  for (const option of OF_COLLECTIONS) {
    if (command[option] === undefined) continue
    throw new ServerError('InvalidOptions', `option not supported on a view: ${option}`)
  }
  if (invocation.inTransaction) {
    throw new ServerError(
      'OperationNotSupportedInTransaction',
      `Cannot create a view in a multi-document transaction: ${namespaceText(ns)}`,
    )
  }
  if (isInternalDatabase(ns.db)) {
    throw new ServerError('InvalidNamespace', `Cannot create a view in the ${ns.db} database`)
  }
  const pipeline = (command['pipeline'] ?? []) as Document[]
  const collation = collationOf(command)
  const parts = {
    viewOn: command['viewOn'] as string,
    pipeline,
    ...(collation === undefined ? {} : { collation: orderOf(collation).collation ?? collation }),
  }
  if (findCollection(op, ns) !== undefined) {
    throw new ServerError(
      'NamespaceExists',
      `namespace ${namespaceText(ns)} already exists, but is a collection rather than a view`,
    )
  }
  const existing = findView(op, ns)
  if (existing !== undefined) {
    const { _id, ...stored } = existing.document
    if (equalValues(stored, parts)) return { ok: 1 }
    throw new ServerError(
      'NamespaceExists',
      `namespace ${namespaceText(ns)} already exists, but with different options: ${canonicalText(stored)}`,
    )
  }
  checkViewPipeline(invocation, ns, parts)
  yield* createView(op, ns, parts)
  invocation.wrote = true
  return { ok: 1 }
}

/** @throws ServerError 48 */
export function checkNoViewAt(op: OperationContext, ns: Namespace): void {
  if (findView(op, ns) === undefined) return
  throw new ServerError(
    'NamespaceExists',
    `namespace ${namespaceText(ns)} already exists, but is a view rather than a collection`,
  )
}

/**
 * The stages of a view must make sense behind those of the view that it stands on.
 *
 * @throws ServerError 167, and those of the stages. Source: view_catalog_helpers.cpp (8.0)
 */
export function checkViewPipeline(
  { op }: Invocation,
  ns: Namespace,
  { viewOn, pipeline }: ViewParts,
): void {
  const below = findView(op, { db: ns.db, coll: viewOn })
  const inner = below === undefined ? [] : resolveView(op, below).pipeline
  const { stages } = preparePipeline(
    op,
    { db: ns.db, coll: viewOn },
    {
      pipeline: [...inner, ...pipeline],
      collation: undefined,
      isCollectionless: false,
      isApiStrict: false,
    },
  )
  const at = stages.findIndex(({ name }) => WRITING_STAGES.has(name))
  if (at < 0) return
  throw new ServerError(
    'OptionNotSupportedOnView',
    `The aggregation stage ${stages[at]!.name} in location ${at} of the pipeline cannot be used in the view definition of ${namespaceText(ns)} on ${ns.db}.${viewOn}`,
  )
}
