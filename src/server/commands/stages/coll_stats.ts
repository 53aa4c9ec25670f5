import { canonicalText, type Document, isDocument } from '../../../bson/index.ts'
import {
  findCollection,
  namespaceText,
  ServerError,
  type StageDescriptor,
} from '../../../engine/index.ts'
import { int64 } from '../../count.ts'
import { checkDocumentFields, fieldTable, types } from '../../fields.ts'
import type { Invocation } from '../../invocation.ts'
import { measureCollection } from '../../measure_collection.ts'
import { scaleOf, storageStats } from '../coll_stats.ts'

/** Server: document_source_coll_stats.idl (8.0). */
const FIELDS = fieldTable({
  latencyStats: types.object,
  storageStats: types.object,
  count: types.object,
  queryExecStats: types.object,
})

/** What a collection holds. Source: document_source_coll_stats.cpp (8.0). */
export function collStatsStage(invocation: Invocation): StageDescriptor {
  return {
    name: '$collStats',
    parse(spec) {
      if (!isDocument(spec)) {
        throw new ServerError(
          5447000,
          `$collStats must take a nested object but found: ${canonicalText({ $collStats: spec })}`,
        )
      }
      checkDocumentFields(spec, '$collStats', FIELDS)
      for (const name of ['latencyStats', 'queryExecStats']) {
        if (spec[name] === undefined) continue
        throw new ServerError('NotImplemented', `$collStats with ${name} is not supported yet`)
      }
      return {
        source: {
          isCollectionless: false,
          allowedInTransaction: false,
          inApiVersion1: Object.keys(spec).every((name) => name === 'count'),
          documents: () => [statsOf(invocation, spec)],
        },
        open: (input) => input,
      }
    },
  }
}

function statsOf(invocation: Invocation, spec: Document): Document {
  const { op, ns, server } = invocation
  const stats: Document = {
    ns: namespaceText(ns),
    host: server.identity.host,
    localTime: new Date(Math.floor(op.clock.now())),
  }
  const collection = findCollection(op, ns)
  const expect = (what: string) => {
    if (collection !== undefined) return collection
    throw new ServerError(
      'NamespaceNotFound',
      `Unable to retrieve ${what} in $collStats stage :: caused by :: Collection [${namespaceText(ns)}] not found.`,
    )
  }
  const wanted = spec['storageStats']
  if (isDocument(wanted)) {
    expect('storageStats')
    stats['storageStats'] = storageStats(invocation, scaleOf(wanted))
  }
  if (isDocument(spec['count'])) {
    stats['count'] = int64(measureCollection(op, expect('count')).count)
  }
  return stats
}
