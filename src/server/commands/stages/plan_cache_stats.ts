import { isDocument, typeNameOf } from '../../../bson/index.ts'
import { findCollection, ServerError, type StageDescriptor } from '../../../engine/index.ts'
import { checkDocumentFields, fieldTable, types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'

const FIELDS = fieldTable({ allHosts: types.bool })

/**
 * Plans are chosen anew for every query, so there is never one kept.
 * Source: document_source_plan_cache_stats.cpp (8.0).
 */
export function planCacheStatsStage({ op, ns }: Invocation): StageDescriptor {
  return {
    name: '$planCacheStats',
    parse(spec) {
      if (!isDocument(spec)) {
        throw new ServerError(
          'FailedToParse',
          `$planCacheStats value must be an object. Found: ${typeNameOf(spec)}`,
        )
      }
      checkDocumentFields(spec, '$planCacheStats', FIELDS)
      if (spec['allHosts'] === true) {
        throw new ServerError(
          4503200,
          '$planCacheStats stage supports allHosts parameter only for sharded clusters',
        )
      }
      return {
        source: {
          isCollectionless: false,
          allowedInTransaction: false,
          inApiVersion1: false,
          documents() {
            if (findCollection(op, ns) !== undefined) return []
            throw new ServerError(
              50933,
              `failed due to collection '${ns.db}.${ns.coll}' not existing`,
            )
          },
        },
        open: (input) => input,
      }
    },
  }
}
