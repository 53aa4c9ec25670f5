import { type Document, isDocument } from '../bson/index.ts'
import type { Invocation } from './invocation.ts'

/**
 * What commands may say about the language of their filters, sorts and pipelines: variables, and
 * how strings compare.
 */

/** @throws ServerError 4890500, and those of expressions */
export function declareLet(invocation: Invocation, command: Document = invocation.command): void {
  const variables = command['let']
  if (isDocument(variables)) invocation.op.declare(variables)
}

export function collationOf({ collation }: Document): Document | undefined {
  return isDocument(collation) ? collation : undefined
}
