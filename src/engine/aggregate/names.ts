/**
 * Stages that MongoDB 8.0 has and we have not: so that a name which is merely not supported yet is
 * told from one that nobody knows. Source: the REGISTER_* lines of the server's pipeline folder,
 * internal ones left out.
 */
export const UNSUPPORTED_STAGES: ReadonlySet<string> = new Set([
  '$changeStream',
  '$changeStreamSplitLargeEvent',
  '$collStats',
  '$currentOp',
  '$densify',
  '$fill',
  '$geoNear',
  '$indexStats',
  '$listCatalog',
  '$listLocalSessions',
  '$listSampledQueries',
  '$listSearchIndexes',
  '$listSessions',
  '$operationMetrics',
  '$planCacheStats',
  '$querySettings',
  '$queryStats',
  '$search',
  '$searchMeta',
  '$setWindowFields',
  '$shardedDataDistribution',
  '$vectorSearch',
])
