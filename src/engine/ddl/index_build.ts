import { invariant } from '../../invariant.ts'
import { OK, WT_ROLLBACK } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Index, IndexSpec } from '../catalog/index_definition.ts'
import { insertEntry } from '../index/entry.ts'
import { keysOf } from '../index/keys.ts'
import type { OperationContext } from '../operation_context.ts'
import { refusedWrite, writeConflict } from '../record_writes.ts'

/** Makes new indexes and fills them from the records, all in one storage transaction. */
export function buildIndexes(
  op: OperationContext,
  collection: Collection,
  specs: readonly IndexSpec[],
): Index[] {
  const { catalog } = op.services
  // What changed while we waited for the collection must be in the index: a snapshot of now.
  op.abandonSnapshot()
  const built = specs.map((spec) => catalog.buildIndex(spec))
  for (const { usage } of built) usage.sinceUs = op.clock.nowUs()
  try {
    fill(op, collection, built)
  } catch (error) {
    catalog.forget(built)
    throw error
  }
  return built
}

function fill(op: OperationContext, collection: Collection, indexes: readonly Index[]): void {
  const scan = op.storage.scan(collection.records)
  while (scan.next()) {
    const { key: recordId, value: document } = scan
    for (const index of indexes) {
      const { keys, multikey } = keysOf(index, document)
      if (multikey) index.multikey = true
      for (const key of keys) {
        const code = insertEntry(op, collection, index, { document, key, recordId })
        if (code === OK) continue
        // Nobody else writes to an index that is being built: only space can be lacking.
        throw code === WT_ROLLBACK ? writeConflict(op, op.conflictContext) : refusedWrite(code)
      }
    }
  }
  invariant(op.commitUnit() === OK, 'nobody else writes to an index that is being built')
}
