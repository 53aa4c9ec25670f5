/** An update, compiled once and applied to many documents. */
import type { Document } from '../../bson/index.ts'
import type { AppliedUpdate } from './applied_update.ts'
import type { UpdateContext } from './modifier.ts'

export interface CompiledUpdate {
  /** Operators and pipelines change a document; a replacement puts another in its place. */
  readonly kind: 'operators' | 'replacement' | 'pipeline'
  /**
   * The document's next version. Shares with the one given what did not change, and neither is
   * changed.
   *
   * @throws ServerError with the server's code, where the update does not go with this document
   */
  apply(document: Document, context: UpdateContext): AppliedUpdate
}
