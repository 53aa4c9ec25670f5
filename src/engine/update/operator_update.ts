/** Updates by operators. */
import type { Document } from '../../bson/index.ts'
import { AppliedUpdate } from './applied_update.ts'
import type { UpdateContext, UpdateLeaf } from './modifier.ts'
import { applyByPathCopy, NEEDS_RECIPE } from './path_copy.ts'
import { applyByRecipe } from './recipe.ts'
import type { CompiledUpdate } from './update.ts'

export class OperatorUpdate implements CompiledUpdate {
  readonly kind = 'operators'
  /** In the order in which they apply. */
  readonly leaves: readonly UpdateLeaf[]

  constructor(leaves: readonly UpdateLeaf[]) {
    this.leaves = leaves
  }

  apply(document: Document, context: UpdateContext): AppliedUpdate {
    const leaves = this.leaves
    const result = applyByPathCopy(document, leaves, context)
    if (result === NEEDS_RECIPE) return applyByRecipe(document, leaves, context)
    return new AppliedUpdate(document, result, leaves)
  }
}
