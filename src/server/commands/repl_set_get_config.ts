import { Long } from 'bson'
import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { checkReplicaSet, memberHost, REPLICA_SET_ID } from '../replica_set.ts'

/** The set of one, with the server's defaults. Source: repl_set_config.idl (8.0). */
export const replSetGetConfig = {
  name: 'replSetGetConfig',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    checkReplicaSet(invocation)
    const member = {
      _id: 0,
      host: memberHost(invocation),
      arbiterOnly: false,
      buildIndexes: true,
      hidden: false,
      priority: 1,
      tags: {},
      secondaryDelaySecs: Long.ZERO,
      votes: 1,
    }
    const config = {
      _id: invocation.server.identity.setName,
      version: 1,
      term: 1,
      members: [member],
      protocolVersion: Long.ONE,
      writeConcernMajorityJournalDefault: true,
      settings: SETTINGS,
    }
    return { config, ok: 1 }
  },
} as const satisfies CommandDescriptor

const SETTINGS = {
  chainingAllowed: true,
  heartbeatIntervalMillis: 2000,
  heartbeatTimeoutSecs: 10,
  electionTimeoutMillis: 10_000,
  catchUpTimeoutMillis: -1,
  catchUpTakeoverDelayMillis: 30_000,
  getLastErrorModes: {},
  getLastErrorDefaults: { w: 1, wtimeout: 0 },
  replicaSetId: REPLICA_SET_ID,
}
