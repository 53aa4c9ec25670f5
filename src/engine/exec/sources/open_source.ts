import type { Collection } from '../../catalog/collection.ts'
import type { CompiledFilter } from '../../query/index.ts'
import type { AccessPath } from '../planner.ts'
import { ClusteredSource } from './clustered_source.ts'
import { CollectionSource } from './collection_source.ts'
import { IdSource } from './id_source.ts'
import { IndexSource } from './index_source.ts'
import type { RecordSource } from './record_source.ts'

/** @param ahead how many records may be fetched at once; 1: each when it is asked for */
export function openSource(
  collection: Collection,
  access: AccessPath,
  { filter, isRead = false }: { readonly filter: CompiledFilter; readonly isRead?: boolean },
  ahead: number,
): RecordSource {
  if (access.kind === 'collection') {
    if (collection.options.clusteredIndex !== undefined) {
      return new ClusteredSource(collection, access.direction)
    }
    return new CollectionSource(collection, access.direction, isRead)
  }
  if (access.byId) return new IdSource(collection, filter.analysis.equalityId!.value)
  return new IndexSource(collection, access, ahead)
}
