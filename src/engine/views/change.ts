import type { Document } from '../../bson/index.ts'
import { isOperation, type MaybeOperation, type Operation } from '../../sim/index.ts'
import { checkCreatable, type Namespace, namespaceText } from '../catalog/namespace.ts'
import { deleteStatement } from '../exec/delete.ts'
import { insertDocuments } from '../exec/insert.ts'
import { updateStatement } from '../exec/update.ts'
import type { OperationContext } from '../operation_context.ts'
import { checkFoundation } from './resolve.ts'
import { VIEWS_COLLECTION } from './view_definition.ts'

/** What a view consists of, but for its name. */
export interface ViewParts {
  readonly viewOn: string
  readonly pipeline: readonly Document[]
  /** With all of its fields; nothing: strings compare by their bytes. */
  readonly collation?: Document
}

const viewsIn = ({ db }: Namespace): Namespace => ({ db, coll: VIEWS_COLLECTION })

/** @throws ServerError 73 for its name, 5 and 165 for what it stands on, 11000 */
export function* createView(
  op: OperationContext,
  ns: Namespace,
  parts: ViewParts,
): Operation<void> {
  checkCreatable(ns)
  checkFoundation(op, ns, parts.viewOn)
  const document = { _id: namespaceText(ns), ...parts }
  const { failures } = yield* awaited(
    insertDocuments(op, viewsIn(ns), [document], { ordered: true }),
  )
  const [failure] = failures
  if (failure !== undefined) throw failure.error
  op.services.changes.happened({ kind: 'create', ns, uuid: undefined, description: { ...parts } })
}

/** @throws ServerError 5, 165 */
export function* modifyView(
  op: OperationContext,
  ns: Namespace,
  parts: ViewParts,
): Operation<void> {
  checkFoundation(op, ns, parts.viewOn)
  const q = { _id: namespaceText(ns) }
  yield* awaited(updateStatement(op, viewsIn(ns), { q, u: { $set: parts } }))
  const description = { ...parts }
  op.services.changes.happened({
    kind: 'modify',
    ns,
    uuid: undefined,
    description,
    before: undefined,
  })
}

/** False where there is no such view any more. */
export function* dropView(op: OperationContext, ns: Namespace): Operation<boolean> {
  const q = { _id: namespaceText(ns) }
  const { deleted } = yield* awaited(deleteStatement(op, viewsIn(ns), { q, multi: false }))
  if (deleted === 0) return false
  op.services.changes.happened({ kind: 'drop', ns, uuid: undefined })
  return true
}

function* awaited<T>(answer: MaybeOperation<T>): Operation<T> {
  return isOperation(answer) ? yield* answer : answer
}
