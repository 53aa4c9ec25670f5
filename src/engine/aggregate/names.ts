/**
 * The names that MongoDB 8.0 knows, apart from what is built here: so that a name which is merely
 * not supported yet is told from one that nobody knows. Source: the REGISTER_* lines of the
 * server's pipeline folder, internal ones left out.
 */
export const STAGE_NAMES: ReadonlySet<string> = new Set([
  '$addFields',
  '$bucket',
  '$bucketAuto',
  '$changeStream',
  '$changeStreamSplitLargeEvent',
  '$collStats',
  '$count',
  '$currentOp',
  '$densify',
  '$documents',
  '$facet',
  '$fill',
  '$geoNear',
  '$graphLookup',
  '$group',
  '$indexStats',
  '$limit',
  '$listCatalog',
  '$listLocalSessions',
  '$listSampledQueries',
  '$listSearchIndexes',
  '$listSessions',
  '$lookup',
  '$match',
  '$merge',
  '$operationMetrics',
  '$out',
  '$planCacheStats',
  '$project',
  '$querySettings',
  '$queryStats',
  '$redact',
  '$replaceRoot',
  '$replaceWith',
  '$sample',
  '$search',
  '$searchMeta',
  '$set',
  '$setWindowFields',
  '$shardedDataDistribution',
  '$skip',
  '$sort',
  '$sortByCount',
  '$unionWith',
  '$unset',
  '$unwind',
  '$vectorSearch',
])

export const ACCUMULATOR_NAMES: ReadonlySet<string> = new Set([
  '$accumulator',
  '$addToSet',
  '$avg',
  '$bottom',
  '$bottomN',
  '$count',
  '$first',
  '$firstN',
  '$last',
  '$lastN',
  '$max',
  '$maxN',
  '$median',
  '$mergeObjects',
  '$min',
  '$minN',
  '$percentile',
  '$push',
  '$stdDevPop',
  '$stdDevSamp',
  '$sum',
  '$top',
  '$topN',
])

const EXPRESSIONS = `
  abs accumulator acos acosh add allElementsTrue and anyElementTrue arrayElemAt
  arrayToObject asin asinh atan atan2 atanh avg binarySize bitAnd bitNot bitOr bitXor
  bsonSize ceil cmp concat concatArrays cond const convert cos cosh covariancePop
  covarianceSamp dateAdd dateDiff dateFromParts dateFromString dateSubtract dateToParts
  dateToString dateTrunc dayOfMonth dayOfWeek dayOfYear degreesToRadians divide eq exp
  filter first firstN floor function getField gt gte hour ifNull in indexOfArray
  indexOfBytes indexOfCP isArray isNumber isoDayOfWeek isoWeek isoWeekYear last lastN let
  literal ln log log10 lt lte ltrim map max maxN median mergeObjects meta millisecond min
  minN minute mod month multiply ne not objectToArray or percentile pow radiansToDegrees
  rand range reduce regexFind regexFindAll regexMatch replaceAll replaceOne reverseArray
  round rtrim sampleRate second setDifference setEquals setField setIntersection setIsSubset
  setUnion sin sinh size slice sortArray split sqrt stdDevPop stdDevSamp strLenBytes
  strLenCP strcasecmp substr substrBytes substrCP subtract sum switch tan tanh toBool toDate
  toDecimal toDouble toHashedIndexKey toInt toLong toLower toObjectId toString toUUID
  toUpper trim trunc tsIncrement tsSecond type unsetField week year zip`

export const EXPRESSION_NAMES: ReadonlySet<string> = new Set(
  EXPRESSIONS.trim()
    .split(/\s+/)
    .map((name) => `$${name}`),
)

/** Variables of every pipeline but ROOT and CURRENT. Source: `Variables::kBuiltinVarNameToId`. */
export const VARIABLE_NAMES: ReadonlySet<string> = new Set([
  'CLUSTER_TIME',
  'DESCEND',
  'JS_SCOPE',
  'KEEP',
  'NOW',
  'PRUNE',
  'REMOVE',
  'SEARCH_META',
  'USER_ROLES',
])
