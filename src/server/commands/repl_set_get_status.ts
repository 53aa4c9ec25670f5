import { Long } from 'bson'
import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { memberHost, type OpTime, requireConfig, requireReplicaSet } from '../replication/member.ts'
import type { ReplicaSet } from '../replication/replica_set.ts'
import { MEMBER_STATE_NUMBERS } from '../replication/states.ts'

/**
 * A node that is its own majority: whatever is written is applied, durable and committed.
 * Source: `TopologyCoordinator::prepareStatusResponse` (8.0).
 */
export const replSetGetStatus = {
  name: 'replSetGetStatus',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const set = requireReplicaSet(invocation)
    const config = requireConfig(set)
    const { server, op } = invocation
    const date = new Date(Math.floor(op.clock.now()))
    const term = Long.fromNumber(set.term)
    const opTime = { ts: server.services.timestamps.lastWrite(), t: term }
    return {
      set: set.setName,
      date,
      myState: MEMBER_STATE_NUMBERS[set.state],
      term,
      syncSourceHost: '',
      syncSourceId: -1,
      heartbeatIntervalMillis: Long.fromNumber(config.settings.heartbeatIntervalMillis),
      majorityVoteCount: 1,
      writeMajorityCount: 1,
      votingMembersCount: 1,
      writableVotingMembersCount: 1,
      optimes: optimesOf(opTime, date),
      members: [memberOf(invocation, set, opTime, date)],
      ok: 1,
    }
  },
} as const satisfies CommandDescriptor

function optimesOf(opTime: OpTime, date: Date): Document {
  return {
    lastCommittedOpTime: opTime,
    lastCommittedWallTime: date,
    readConcernMajorityOpTime: opTime,
    appliedOpTime: opTime,
    durableOpTime: opTime,
    writtenOpTime: opTime,
    lastAppliedWallTime: date,
    lastDurableWallTime: date,
    lastWrittenWallTime: date,
  }
}

function memberOf(invocation: Invocation, set: ReplicaSet, opTime: OpTime, date: Date): Document {
  const config = requireConfig(set)
  return {
    _id: config.member.id,
    name: memberHost(invocation, config),
    health: 1,
    state: MEMBER_STATE_NUMBERS[set.state],
    stateStr: set.state,
    uptime: Math.floor(invocation.op.clock.elapsed() / 1000),
    optime: opTime,
    optimeDate: date,
    lastAppliedWallTime: date,
    lastDurableWallTime: date,
    lastWrittenWallTime: date,
    syncSourceHost: '',
    syncSourceId: -1,
    infoMessage: '',
    configVersion: config.version,
    configTerm: set.configTerm,
    self: true,
    lastHeartbeatMessage: '',
  }
}
