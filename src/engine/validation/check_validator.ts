import type { Document } from '../../bson/index.ts'
import { isInternalDatabase, type Namespace, namespaceText } from '../catalog/namespace.ts'
import { ServerError } from '../errors.ts'
import type { OperationContext } from '../operation_context.ts'
import { compileFilter } from '../query/index.ts'

/**
 * Whether a collection may have this validator.
 *
 * @throws ServerError 72 for the place, and those of the filter. Source:
 *   `CollectionImpl::parseValidator` (8.0)
 */
export function checkValidator(op: OperationContext, ns: Namespace, validator: Document): void {
  if (Object.keys(validator).length === 0) return
  if (ns.coll.startsWith('system.')) {
    throw new ServerError(
      'InvalidOptions',
      `Document validators not allowed on system collection ${namespaceText(ns)}`,
    )
  }
  if (isInternalDatabase(ns.db)) {
    throw new ServerError(
      'InvalidOptions',
      `Document validators are not allowed on collection ${namespaceText(ns)} in the ${ns.db} internal database`,
    )
  }
  compileFilter(validator, op.language)
}
