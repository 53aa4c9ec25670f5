import type { Timestamp } from 'bson'
import { canonicalText, type Document } from '../bson/index.ts'
import { ServerError } from '../engine/index.ts'
import { checkDocumentFields, fieldTable, types } from './fields.ts'
import type { Invocation } from './invocation.ts'
import type { ServerState } from './state.ts'

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
  checkTimes(level ?? 'local', afterClusterTime ?? undefined, atClusterTime ?? undefined)
  return Object.keys(given).length === 0 ? undefined : given
}

function checkTimes(level: unknown, after: unknown, at: unknown): void {
  const refuse = (message: string): never => {
    throw new ServerError('InvalidOptions', message)
  }
  if (after !== undefined && at !== undefined) {
    refuse('Can not specify both afterClusterTime and atClusterTime')
  }
  if (after !== undefined && !CAUSAL_LEVELS.includes(level)) {
    refuse(
      "afterClusterTime field can be set only if level is equal to 'majority', 'local', or 'snapshot'",
    )
  }
  if (at !== undefined && level !== 'snapshot') {
    refuse("atClusterTime field can be set only if level is equal to 'snapshot'")
  }
  if (isNullTime(after)) refuse('afterClusterTime cannot be a null timestamp')
  if (isNullTime(at)) refuse('atClusterTime cannot be a null timestamp')
}

const CAUSAL_LEVELS: readonly unknown[] = ['majority', 'local', 'snapshot']

const isNullTime = (time: unknown): boolean =>
  time !== undefined && (time as Timestamp).toBigInt() === 0n

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
 * Waits until the cluster time that a read asks for is there. One node has applied whatever it
 * knows of, so all there is to do is a write that changes nothing, for a time from elsewhere.
 *
 * @throws ServerError 72 where the time lies in the future; 123, 20 on a server by itself. Source:
 *   `waitForReadConcernImpl`, read_concern_mongod.cpp (8.0)
 */
export function awaitReadConcern(concern: Document, state: ServerState): void {
  const { level, afterClusterTime } = concern
  const name = afterClusterTime ? 'afterClusterTime' : 'atClusterTime'
  const time = (afterClusterTime ?? concern['atClusterTime'] ?? undefined) as Timestamp | undefined
  if (!state.identity.isReplicaSet) refuseAlone(level, time === undefined ? undefined : name)
  if (time === undefined) return
  const { timestamps } = state.services
  const latest = timestamps.clusterTime()
  if (latest.compare(time) < 0) {
    throw new ServerError(
      'InvalidOptions',
      `readConcern ${name} value must not be greater than the current clusterTime. Requested clusterTime: ${timeText(time)}; current clusterTime: ${timeText(latest)}`,
    )
  }
  timestamps.reach(time)
}

function refuseAlone(level: unknown, time: string | undefined): void {
  if (level === 'linearizable' || level === 'snapshot') {
    const concern = level === 'snapshot' ? 'readConcern: snapshot' : 'read concern'
    throw new ServerError(
      'NotAReplicaSet',
      `node needs to be a replica set member to use ${concern}`,
    )
  }
  if (time === undefined) return
  throw new ServerError(
    'IllegalOperation',
    `Cannot specify ${time} readConcern without replication enabled`,
  )
}

/**
 * A read at level snapshot outside of a transaction sees the store at one cluster time: the one it
 * names, or that of the last write, which its reply then tells.
 *
 * @throws ServerError 5557800. Source: `assertReadConcernSupported`, shard_role.cpp (8.0)
 */
export function chooseSnapshot(invocation: Invocation, concern: Document): void {
  if (concern['level'] !== 'snapshot') return
  const { op, ns, server } = invocation
  if (ns.db === 'config' && ns.coll === 'transactions') {
    throw new ServerError(
      5557800,
      'Snapshot reads and causal consistent majority reads on config.transactions are not supported',
    )
  }
  const given = concern['atClusterTime'] as Timestamp | null | undefined
  op.readAt = given ?? server.services.snapshots.now()
  invocation.readConcern = { ...concern, atClusterTime: op.readAt }
}

/** Source: `LogicalTime::toString`. */
const timeText = (time: Timestamp): string => canonicalText({ ts: time })

export function withProvenance(concern: Document | undefined): Document {
  if (concern === undefined) return DEFAULT_READ_CONCERN
  return concern['provenance'] === undefined
    ? { ...concern, provenance: 'clientSupplied' }
    : concern
}

function concernText(concern: Document | undefined): string {
  return canonicalText({ readConcern: withProvenance(concern) })
}
