import { Long } from 'bson'
import type { Document } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { checkReplicaSet, memberHost, type OpTime, TERM } from '../replica_set.ts'

/**
 * A primary that is its own majority: whatever is written is applied, durable and committed.
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
    checkReplicaSet(invocation)
    const { server, op } = invocation
    const date = new Date(Math.floor(op.clock.now()))
    const opTime = { ts: server.clusterTime(), t: TERM }
    return {
      set: server.identity.setName,
      date,
      myState: 1,
      term: TERM,
      syncSourceHost: '',
      syncSourceId: -1,
      heartbeatIntervalMillis: Long.fromNumber(2000),
      majorityVoteCount: 1,
      writeMajorityCount: 1,
      votingMembersCount: 1,
      writableVotingMembersCount: 1,
      optimes: optimesOf(opTime, date),
      members: [memberOf(invocation, opTime, date)],
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

function memberOf(invocation: Invocation, opTime: OpTime, date: Date): Document {
  return {
    _id: 0,
    name: memberHost(invocation),
    health: 1,
    state: 1,
    stateStr: 'PRIMARY',
    uptime: Math.floor(invocation.op.clock.elapsed() / 1000),
    optime: opTime,
    optimeDate: date,
    lastAppliedWallTime: date,
    lastDurableWallTime: date,
    lastWrittenWallTime: date,
    syncSourceHost: '',
    syncSourceId: -1,
    infoMessage: '',
    configVersion: 1,
    configTerm: 1,
    self: true,
    lastHeartbeatMessage: '',
  }
}
