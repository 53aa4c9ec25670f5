import { namespaceText, ServerError, type ViewDefinition } from '../../engine/index.ts'

/** What a command that is for collections only answers of a view. */
export function notOnView({ ns }: ViewDefinition): ServerError {
  return new ServerError(
    'CommandNotSupportedOnView',
    `Namespace ${namespaceText(ns)} is a view, not a collection`,
  )
}
