import type { Document } from '../../bson/index.ts'
import type { Operation } from '../../sim/index.ts'
import type { OutputStage } from '../aggregate/index.ts'
import { checkCreatable } from '../catalog/namespace.ts'
import type { OperationContext } from '../operation_context.ts'
import { mergeDocuments } from './merge.ts'
import { replaceCollection } from './replace_collection.ts'

/**
 * Writes what a pipeline gave. All of it was read before anything is written, so that a pipeline
 * over the collection that it writes to never meets its own documents.
 */
export function* writeOutput(
  op: OperationContext,
  output: OutputStage,
  documents: readonly Document[],
): Operation<void> {
  checkCreatable(output.ns)
  if (output.kind === 'out') yield* replaceCollection(op, output.ns, documents)
  else yield* mergeDocuments(op, output, documents)
}
