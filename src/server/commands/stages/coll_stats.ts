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

const LATENCY_FIELDS = fieldTable({ histograms: types.bool })

/** A collection's contents and what was done with them. Source: document_source_coll_stats.cpp. */
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
      const { latencyStats } = spec
      if (isDocument(latencyStats)) {
        checkDocumentFields(latencyStats, '$collStats.latencyStats', LATENCY_FIELDS)
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
  const { latencyStats } = spec
  if (isDocument(latencyStats)) {
    stats['latencyStats'] = latenciesOf(invocation, latencyStats['histograms'] === true)
  }
  const wanted = spec['storageStats']
  if (isDocument(wanted)) {
    expect('storageStats')
    stats['storageStats'] = storageStats(invocation, scaleOf(wanted))
  }
  if (isDocument(spec['count'])) {
    stats['count'] = int64(measureCollection(op, expect('count')).count)
  }
  if (isDocument(spec['queryExecStats'])) {
    const total = int64(expect('queryExecStats').state.collectionScans)
    stats['queryExecStats'] = { collectionScans: { total, nonTailable: total } }
  }
  return stats
}

/** Source: `Top::appendLatencyStats`, top.cpp (8.0). Of a collection that is not there: nothing. */
function latenciesOf({ op, ns, server }: Invocation, histograms: boolean): Document {
  const { latencies } = server.usage.of(findCollection(op, ns)?.ns ?? ns)
  const { reads, writes, commands, transactions } = latencies
  return {
    reads: reads.report({ histograms }),
    writes: writes.report({ histograms }),
    commands: commands.report({ histograms }),
    transactions: transactions.report({ histograms }),
  }
}
