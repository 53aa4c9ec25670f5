import type { Operation } from '../../sim/index.ts'
import { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import { exclusively, findCollection } from '../exec/acquire.ts'
import type { OperationContext } from '../operation_context.ts'

/** Whether change streams may show a collection's documents as they were, and as they became. */
export function* switchImages(
  op: OperationContext,
  ns: Namespace,
  enabled: boolean,
): Operation<void> {
  yield* exclusively(op, existing(op, ns), () => {
    const current = existing(op, ns)
    const { changeStreamPreAndPostImages: _, ...others } = current.options
    const options = enabled ? { ...others, changeStreamPreAndPostImages: { enabled } } : others
    op.services.catalog.change(ns, new Collection({ ...current, options }))
  })
}

function existing(op: OperationContext, ns: Namespace): Collection {
  const collection = findCollection(op, ns)
  if (collection !== undefined) return collection
  throw new ServerError('NamespaceNotFound', 'ns does not exist')
}
