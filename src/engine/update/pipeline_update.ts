/** Updates by a pipeline. Source: pipeline_executor.cpp, object_replace_executor.cpp (8.0). */
import { type Document, fieldOf } from '../../bson/index.ts'
import { AppliedUpdate } from './applied_update.ts'
import { areIdentical } from './identical.ts'
import type { UpdateContext } from './modifier.ts'
import { patchesBetween } from './patch.ts'
import { checkSameId, withIdFirst } from './replacement_update.ts'
import type { CompiledUpdate } from './update.ts'

export class PipelineUpdate implements CompiledUpdate {
  readonly kind = 'pipeline'
  readonly #transform: (document: Document) => Document

  constructor(transform: (document: Document) => Document) {
    this.#transform = transform
  }

  /** The `_id` stays: one that the pipeline drops comes back, another one is refused. */
  apply(document: Document, _context: UpdateContext): AppliedUpdate {
    const made = this.#transform(document)
    const oldId = fieldOf(document, '_id')
    const newId = fieldOf(made, '_id')
    const result = withIdFirst(made, newId === undefined ? oldId : newId)
    if (areIdentical(document, result)) return new AppliedUpdate(document, document, [])
    if (newId !== undefined && oldId !== undefined) checkSameId(oldId, newId)
    return new AppliedUpdate(document, result, [], patchesBetween(document, result))
  }
}
