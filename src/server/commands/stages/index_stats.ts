import { type Document, isDocument } from '../../../bson/index.ts'
import { findCollection, ServerError, type StageDescriptor } from '../../../engine/index.ts'
import { int64 } from '../../count.ts'
import type { Invocation } from '../../invocation.ts'

/** How often queries used each index. Source: document_source_index_stats.cpp (8.0). */
export function indexStatsStage(invocation: Invocation): StageDescriptor {
  return {
    name: '$indexStats',
    parse(spec) {
      if (!isDocument(spec) || Object.keys(spec).length > 0) {
        throw new ServerError(28803, 'The $indexStats stage specification must be an empty object')
      }
      return {
        source: {
          isCollectionless: false,
          allowedInTransaction: false,
          inApiVersion1: false,
          documents: () => statsOf(invocation),
        },
        open: (input) => input,
      }
    },
  }
}

function statsOf({ op, ns, server }: Invocation): Document[] {
  const indexes = findCollection(op, ns)?.indexes ?? []
  return indexes.map(({ name, pattern, spec, usage }) => ({
    name,
    key: pattern,
    host: server.identity.host,
    accesses: { ops: int64(usage.ops), since: new Date(Math.floor(usage.sinceUs / 1000)) },
    spec: spec.document,
  }))
}
