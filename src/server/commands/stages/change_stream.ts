import {
  type ChangeExtent,
  checkExtent,
  parseChangeStream,
  ServerError,
  type StageDescriptor,
} from '../../../engine/index.ts'
import { COLLECTIONLESS } from '../../collectionless.ts'
import type { Invocation } from '../../invocation.ts'

/**
 * Changes as they happen, of what the command names.
 * Source: document_source_change_stream.cpp, run_aggregate.cpp (8.0).
 */
export function changeStreamStage(invocation: Invocation): StageDescriptor {
  return {
    name: '$changeStream',
    parse(given) {
      const spec = parseChangeStream(given)
      if (!invocation.server.identity.isReplicaSet) {
        throw new ServerError(40573, 'The $changeStream stage is only supported on replica sets')
      }
      const extent = extentOf(invocation, spec.allChangesForCluster)
      checkExtent(extent, invocation.ns)
      checkReadConcern(invocation)
      return {
        changes: { extent, spec },
        source: {
          isCollectionless: 'either',
          allowedInTransaction: false,
          inApiVersion1: true,
          documents: () => [],
        },
        open: (input) => input,
      }
    },
  }
}

function extentOf({ ns }: Invocation, allChangesForCluster: boolean): ChangeExtent {
  if (allChangesForCluster) return { kind: 'deployment' }
  return ns.coll === COLLECTIONLESS ? { kind: 'database', db: ns.db } : { kind: 'collection', ns }
}

/** What is read is what a majority has; here that is all there is. */
function checkReadConcern({ readConcern }: Invocation): void {
  const level = readConcern?.['level'] ?? 'majority'
  if (level === 'majority') return
  throw new ServerError(
    'InvalidOptions',
    `$changeStream cannot run with a readConcern other than 'majority'. Current readConcern: { level: "${level}" }`,
  )
}
