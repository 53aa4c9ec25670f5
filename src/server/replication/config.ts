import { Long, ObjectId } from 'bson'
import type { Document } from '../../bson/index.ts'
import { int64 } from '../count.ts'

/**
 * The configuration of a set, as `replSetInitiate` gives it and `replSetGetConfig` shows it.
 * Source: repl_set_config.idl, member_config.idl (8.0).
 */
export interface ReplicaSetConfig {
  readonly name: string
  readonly version: number
  readonly member: SetMember
  readonly writeConcernMajorityJournalDefault: boolean
  readonly settings: SetSettings
  readonly replicaSetId: ObjectId
}

export interface SetMember {
  readonly id: number
  /** `host:port`. A set that nobody configured has none of its own: it is where it was dialled. */
  readonly host: string | undefined
  readonly arbiterOnly: boolean
  readonly buildIndexes: boolean
  readonly hidden: boolean
  readonly priority: number
  readonly tags: Document
  readonly secondaryDelaySecs: number
  readonly votes: number
}

export interface SetSettings {
  readonly chainingAllowed: boolean
  readonly heartbeatIntervalMillis: number
  readonly heartbeatTimeoutSecs: number
  readonly electionTimeoutMillis: number
  readonly catchUpTimeoutMillis: number
  readonly catchUpTakeoverDelayMillis: number
  readonly getLastErrorModes: Document
}

export const SETTINGS_DEFAULT: SetSettings = {
  chainingAllowed: true,
  heartbeatIntervalMillis: 2000,
  heartbeatTimeoutSecs: 10,
  electionTimeoutMillis: 10_000,
  catchUpTimeoutMillis: -1,
  catchUpTakeoverDelayMillis: 30_000,
  getLastErrorModes: {},
}

export const MEMBER_DEFAULT: SetMember = {
  id: 0,
  host: undefined,
  arbiterOnly: false,
  buildIndexes: true,
  hidden: false,
  priority: 1,
  tags: {},
  secondaryDelaySecs: 0,
  votes: 1,
}

/** The id of a set that nobody configured: the same in every simulator. */
const REPLICA_SET_ID = new ObjectId('000000000000000000000001')

/** The configuration of a set that was there from the start. */
export function unconfigured(name: string): ReplicaSetConfig {
  return {
    name,
    version: 1,
    member: MEMBER_DEFAULT,
    writeConcernMajorityJournalDefault: true,
    settings: SETTINGS_DEFAULT,
    replicaSetId: REPLICA_SET_ID,
  }
}

/** As `replSetGetConfig` shows it. A configuration by force belongs to no term, -1. */
export function configDocument(config: ReplicaSetConfig, term: number, host: string): Document {
  const { member, settings } = config
  return {
    _id: config.name,
    version: config.version,
    ...(term === -1 ? {} : { term }),
    members: [
      {
        _id: member.id,
        host,
        arbiterOnly: member.arbiterOnly,
        buildIndexes: member.buildIndexes,
        hidden: member.hidden,
        priority: member.priority,
        tags: member.tags,
        secondaryDelaySecs: Long.fromNumber(member.secondaryDelaySecs),
        votes: member.votes,
      },
    ],
    protocolVersion: Long.ONE,
    writeConcernMajorityJournalDefault: config.writeConcernMajorityJournalDefault,
    settings: {
      chainingAllowed: settings.chainingAllowed,
      heartbeatIntervalMillis: int64(settings.heartbeatIntervalMillis),
      heartbeatTimeoutSecs: int64(settings.heartbeatTimeoutSecs),
      electionTimeoutMillis: int64(settings.electionTimeoutMillis),
      catchUpTimeoutMillis: int64(settings.catchUpTimeoutMillis),
      catchUpTakeoverDelayMillis: int64(settings.catchUpTakeoverDelayMillis),
      getLastErrorModes: settings.getLastErrorModes,
      getLastErrorDefaults: { w: 1, wtimeout: 0 },
      replicaSetId: config.replicaSetId,
    },
  }
}
