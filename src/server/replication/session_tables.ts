import { Long } from 'bson'
import type { Engine } from '../../engine/index.ts'
import type { ReplicaSet } from './replica_set.ts'

/**
 * Whoever becomes primary makes sure that the collections are there that sessions leave their
 * records in, and writes them in its term. Source: `onStepUpComplete` of
 * MongoDSessionCatalog, session_catalog_mongod.cpp (8.0).
 *
 * @param isFresh whether a set that is primary already became so just now
 */
export function keepRecordsWhilePrimary(set: ReplicaSet, engine: Engine, isFresh: boolean): void {
  const { replication, sessionRecords, random } = engine.services
  const stepUp = (): void => {
    replication.term = Long.fromNumber(set.term)
    sessionRecords.create(random.seed)
  }
  if (isFresh && set.acceptsWrites) stepUp()
  set.onEvent(({ kind }) => {
    if (kind === 'writable') stepUp()
  })
}
