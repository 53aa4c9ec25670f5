import { type Document, isDocument } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { checkConfig, checkSuccessor, findSelf } from '../replication/check_config.ts'
import type { ReplicaSetConfig } from '../replication/config.ts'
import { dialledHost, requireReplicaSet } from '../replication/member.ts'
import { type ProposedConfig, parseConfig } from '../replication/parse_config.ts'
import type { ReplicaSet } from '../replication/replica_set.ts'
import { isTrue } from '../truth.ts'

/** A configuration by force belongs to no term. Source: `OpTime::kUninitializedTerm`. */
const NO_TERM = -1

/**
 * Replaces the configuration. Members that it adds are asked for, and are not there: one node has
 * no company.
 *
 * Source: `CmdReplSetReconfig`, repl_set_commands.cpp; `processReplSetReconfig` (8.0).
 */
export const replSetReconfig = {
  name: 'replSetReconfig',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { command } = invocation
    const set = requireReplicaSet(invocation)
    const given = command['replSetReconfig']
    if (!isDocument(given)) {
      throw new ServerError('UnknownError', 'no configuration specified')
    }
    const force = isTrue(command['force'])
    const old = replaceable(set, force)
    const term = force ? NO_TERM : set.term
    const proposed = parsed(given)
    if (proposed.name !== set.setName) {
      throw new ServerError(
        'InvalidReplicaSetConfig',
        `Attempting to reconfig with a set name ${proposed.name}, but command line reports ${set.setName}; rejecting`,
      )
    }
    const version = force ? pastAll(invocation, old, proposed) : proposed.version
    const next = { ...proposed, version }
    checkConfig(next)
    checkSuccessor(old, next, { old: set.configTerm, next: term })
    if (!force) checkOneChange(next)
    const member = findSelf(next, dialledHost(invocation), term)
    checkQuorum(next)
    const { members: _, ...config } = next
    const replicaSetId = config.replicaSetId ?? old.replicaSetId
    set.reconfigure({ ...config, replicaSetId, member }, term)
    return { ok: 1 }
  },
} as const satisfies CommandDescriptor

/** @throws ServerError 94, 10107 */
function replaceable(set: ReplicaSet, force: boolean): ReplicaSetConfig {
  const { config } = set
  if (config === undefined) {
    throw new ServerError(
      'NotYetInitialized',
      'Node not yet initialized; use the replSetInitiate command',
    )
  }
  if (force || set.acceptsWrites) return config
  throw new ServerError(
    'NotWritablePrimary',
    `Safe reconfig is only allowed on a writable PRIMARY. Current state ${set.state}`,
  )
}

function parsed(given: Document): ProposedConfig {
  try {
    return parseConfig(given)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    throw new ServerError('InvalidReplicaSetConfig', error.message)
  }
}

/** So that two who force at the same time hardly ever choose the same version. */
function pastAll({ server }: Invocation, old: ReplicaSetConfig, next: ProposedConfig): number {
  const { random } = server.services
  return Math.max(old.version, next.version) + 10_000 + random.below(100_000)
}

/** Source: `validateSingleNodeChange`: our member stays, so all others are additions. */
function checkOneChange({ members }: ProposedConfig): void {
  if (members.filter(({ votes }) => votes > 0).length <= 2) return
  throw new ServerError(
    'InvalidReplicaSetConfig',
    'Non force replica set reconfig can only add or remove at most 1 voting member.',
  )
}

/** Source: `checkQuorumForReconfig`, check_quorum_for_config_change.cpp (8.0). */
function checkQuorum({ members }: ProposedConfig): void {
  if (members.length === 1) return
  throw new ServerError(
    'NodeNotFound',
    `Quorum check failed because not enough voting nodes responded; required ${Math.floor(members.length / 2) + 1} but only the following 1 voting nodes responded: this one, which has nobody beside it`,
  )
}
