/**
 * What privileges allow, in the groups that more than one built-in role has.
 * Source: builtin_roles.yml, action_type.idl (8.0).
 */
export const READ = [
  'changeStream',
  'collStats',
  'dbHash',
  'dbStats',
  'find',
  'killCursors',
  'listCollections',
  'listIndexes',
  'listSearchIndexes',
  'planCacheRead',
] as const

export const READ_WRITE = [
  ...READ,
  'cleanupStructuredEncryptionData',
  'compactStructuredEncryptionData',
  'convertToCapped',
  'createCollection',
  'createIndex',
  'createSearchIndexes',
  'dropCollection',
  'dropIndex',
  'dropSearchIndex',
  'insert',
  'remove',
  'renameCollectionSameDB',
  'update',
  'updateSearchIndex',
] as const

export const USER_ADMIN = [
  'changeCustomData',
  'changePassword',
  'createRole',
  'createUser',
  'dropRole',
  'dropUser',
  'grantRole',
  'revokeRole',
  'setAuthenticationRestriction',
  'viewRole',
  'viewUser',
] as const

export const DB_ADMIN = [
  'analyze',
  'bypassDocumentValidation',
  'collMod',
  'collStats',
  'compact',
  'configureQueryAnalyzer',
  'convertToCapped',
  'createCollection',
  'createIndex',
  'createSearchIndexes',
  'dbStats',
  'dropCollection',
  'dropDatabase',
  'dropIndex',
  'dropSearchIndex',
  'enableProfiler',
  'listCollections',
  'listIndexes',
  'listSearchIndexes',
  'planCacheIndexFilter',
  'planCacheRead',
  'planCacheWrite',
  'reIndex',
  'renameCollectionSameDB',
  'storageDetails',
  'updateSearchIndex',
  'validate',
] as const

/** Of `system.profile`, which a database's administrator may read and make anew. */
export const PROFILE_ADMIN = [
  ...READ,
  'convertToCapped',
  'createCollection',
  'dropCollection',
] as const

export const MONITOR_CLUSTER = [
  'allCollectionStats',
  'connPoolStats',
  'getCmdLineOpts',
  'getDefaultRWConcern',
  'getLog',
  'getParameter',
  'getShardMap',
  'hostInfo',
  'inprog',
  'listDatabases',
  'listSampledQueries',
  'listSessions',
  'listShards',
  'netstat',
  'operationMetrics',
  'replSetGetConfig',
  'replSetGetStatus',
  'serverStatus',
  'shardedDataDistribution',
  'shardingState',
  'top',
  'useUUID',
] as const

export const MONITOR_DATABASE = [
  'collStats',
  'dbStats',
  'getDatabaseVersion',
  'getShardVersion',
  'indexStats',
] as const

export const MANAGE_HOST = [
  'applicationMessage',
  'auditConfigure',
  'connPoolSync',
  'dropConnections',
  'flushRouterConfig',
  'fsync',
  'invalidateUserCache',
  'killAnyCursor',
  'killAnySession',
  'killop',
  'logRotate',
  'oidReset',
  'oidcListKeys',
  'oidcRefreshKeys',
  'replSetResizeOplog',
  'resync',
  'rotateCertificates',
  'setParameter',
  'shutdown',
  'touch',
  'trafficRecord',
  'unlock',
] as const

export const MANAGE_CLUSTER = [
  'addShard',
  'appendOplogNote',
  'applicationMessage',
  'checkMetadataConsistency',
  'cleanupOrphaned',
  'flushRouterConfig',
  'getChangeStreamState',
  'getClusterParameter',
  'getDefaultRWConcern',
  'listSessions',
  'listShards',
  'queryStatsRead',
  'queryStatsReadTransformed',
  'querySettings',
  'removeShard',
  'replSetConfigure',
  'replSetGetConfig',
  'replSetGetStatus',
  'replSetStateChange',
  'resync',
  'runTenantMigration',
  'setChangeStreamState',
  'setClusterParameter',
  'setDefaultRWConcern',
  'setFeatureCompatibilityVersion',
  'transitionFromDedicatedConfigServer',
  'transitionToDedicatedConfigServer',
] as const

export const MANAGE_DATABASE = [
  'analyzeShardKey',
  'clearJumboFlag',
  'configureQueryAnalyzer',
  'enableSharding',
  'moveChunk',
  'moveCollection',
  'refineCollectionShardKey',
  'reshardCollection',
  'splitChunk',
  'splitVector',
] as const

export const SHARD = [
  'analyzeShardKey',
  'enableSharding',
  'moveCollection',
  'refineCollectionShardKey',
  'reshardCollection',
] as const

export const RESTORE = [
  'bypassDocumentValidation',
  'collMod',
  'convertToCapped',
  'createCollection',
  'createIndex',
  'createSearchIndexes',
  'dropCollection',
  'insert',
  'updateSearchIndex',
] as const

/** Those that only one role has, or none: they are given one by one. */
type SingleAction =
  | 'applyOps'
  | 'authSchemaUpgrade'
  | 'bypassWriteBlockingMode'
  | 'changeOwnCustomData'
  | 'changeOwnPassword'
  | 'dbCheck'
  | 'exportCollection'
  | 'forceUUID'
  | 'importCollection'
  | 'issueDirectShardOperations'
  | 'listCachedAndActiveUsers'
  | 'setUserWriteBlockMode'
  | 'useTenant'

export type Action =
  | (typeof READ_WRITE)[number]
  | (typeof USER_ADMIN)[number]
  | (typeof DB_ADMIN)[number]
  | (typeof MONITOR_CLUSTER)[number]
  | (typeof MONITOR_DATABASE)[number]
  | (typeof MANAGE_HOST)[number]
  | (typeof MANAGE_CLUSTER)[number]
  | (typeof MANAGE_DATABASE)[number]
  | SingleAction
