import { canonicalText, type Document, typeOf } from '../bson/index.ts'
import { ServerError } from '../engine/index.ts'
import { checkDocumentFields, fieldTable, types } from './fields.ts'

/**
 * What a read may see. On one node that never rolls back, they differ only in where they are
 * allowed.
 */
const LEVELS: readonly unknown[] = ['local', 'majority', 'linearizable', 'available', 'snapshot']

const FIELDS = fieldTable({
  level: types.string,
  afterClusterTime: types.timestamp,
  atClusterTime: types.timestamp,
  provenance: types.string,
})

/** As the profiler shows it: the concern given, or the default, and where it comes from. */
export const DEFAULT_READ_CONCERN: Document = { level: 'local', provenance: 'implicitDefault' }

/**
 * Checks a read concern as it was sent. An empty one is the default.
 *
 * @throws ServerError of its fields; BadValue for the level. Source: read_concern_args.cpp (8.0)
 */
export function parseReadConcern(given: Document): Document | undefined {
  checkDocumentFields(given, 'readConcern', FIELDS)
  const { level, afterClusterTime, atClusterTime } = given
  if (level !== undefined && !LEVELS.includes(level)) {
    throw new ServerError(
      'BadValue',
      `Enumeration value '${level}' for field 'readConcern.level' is not a valid value.`,
    )
  }
  if (atClusterTime !== undefined && level !== 'snapshot') {
    throw new ServerError(
      'InvalidOptions',
      "atClusterTime field can be set only if level is equal to 'snapshot'",
    )
  }
  if (atClusterTime !== undefined && afterClusterTime !== undefined) {
    throw new ServerError(
      'InvalidOptions',
      'Can not specify both afterClusterTime and atClusterTime',
    )
  }
  return Object.keys(given).length === 0 ? undefined : given
}

/** Whether a transaction may run at this level. Source: transaction_validation.cpp */
export function checkTransactionLevel(concern: Document | undefined): void {
  const level = concern?.['level']
  if (level === undefined || level === 'local' || level === 'majority' || level === 'snapshot')
    return
  throw new ServerError(
    'InvalidOptions',
    "The readConcern level must be either 'local' (default), 'majority' or 'snapshot' in order to run in a transaction",
  )
}

/**
 * Whether a command outside of a transaction supports the level.
 *
 * @throws ServerError InvalidOptions. Source: `_extractReadConcern`,
 *   service_entry_point_shard_role.cpp
 */
export function checkSupported(
  concern: Document | undefined,
  commandName: string,
  levels: readonly string[],
): void {
  const level = concern?.['level']
  if (level === undefined || level === 'local') return
  if (levels.includes(level as string)) return
  throw new ServerError(
    'InvalidOptions',
    `Command ${commandName} does not support ${concernText(concern)} :: caused by :: read concern not supported`,
  )
}

/** `create` and `createIndexes` know no level but the default one, whatever the transaction's. */
export function checkCreateInTransaction(concern: Document | undefined, commandName: string): void {
  const level = concern?.['level']
  if (level === undefined || level === 'local') return
  throw new ServerError(
    'InvalidOptions',
    `Command ${commandName} does not support this transaction's ${concernText(concern)} :: caused by :: read concern not supported`,
  )
}

/**
 * Cluster times that a read waits for, or reads at.
 *
 * @param latest the cluster time of now
 * @throws ServerError where a time lies in the future; 238 where it lies in the past
 */
export function checkClusterTimes(
  concern: Document,
  latest: { compare(other: never): number },
): void {
  const { afterClusterTime, atClusterTime } = concern
  for (const [name, time] of Object.entries({ afterClusterTime, atClusterTime })) {
    if (typeOf(time) !== 'timestamp' || latest.compare(time as never) >= 0) continue
    throw new ServerError(
      'InvalidOptions',
      `readConcern ${name} value must not be greater than the current clusterTime. Requested clusterTime: ${canonicalText({ ts: time })}; current clusterTime: ${canonicalText({ ts: latest })}`,
    )
  }
  if (atClusterTime !== undefined) {
    throw new ServerError(
      'NotImplemented',
      'reading at a cluster time of the past is not supported',
    )
  }
}

export function withProvenance(concern: Document | undefined): Document {
  if (concern === undefined) return DEFAULT_READ_CONCERN
  return concern['provenance'] === undefined
    ? { ...concern, provenance: 'clientSupplied' }
    : concern
}

function concernText(concern: Document | undefined): string {
  return canonicalText({ readConcern: withProvenance(concern) })
}
