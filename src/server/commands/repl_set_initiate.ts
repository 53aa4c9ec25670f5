import type { Document } from '../../bson/index.ts'
import { isDocument } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import type { Invocation } from '../invocation.ts'
import { checkConfig, findSelf } from '../replication/check_config.ts'
import { dialledHost } from '../replication/member.ts'
import { type ProposedConfig, parseConfig } from '../replication/parse_config.ts'

/** The term of every first configuration. Source: `OpTime::kInitialTerm`. */
const INITIAL_TERM = 0

/**
 * Makes a set of this node, which elects itself at once.
 *
 * A configuration may have more members than this one. The server would ask each of them to agree;
 * here the set begins without them, and says so in its reply: whoever counts on a majority of
 * several finds one node that is a majority by itself.
 *
 * Source: `CmdReplSetInitiate`, repl_set_commands.cpp; `processReplSetInitiate` (8.0).
 */
export const replSetInitiate = {
  name: 'replSetInitiate',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { command, server } = invocation
    const set = server.replicaSet
    if (set === undefined) {
      throw new ServerError(
        'NoReplicationEnabled',
        'This node was not started with the replSet option',
      )
    }
    if (set.config !== undefined) {
      throw new ServerError('AlreadyInitialized', 'already initialized', {
        info: 'try querying local.system.replset to see current configuration',
      })
    }
    const host = dialledHost(invocation)
    const given = command['replSetInitiate']
    const isGiven = isDocument(given) && Object.keys(given).length > 0
    const proposed = asInvalidConfig(() => {
      const config = isGiven ? parseConfig({ version: 1, ...given }) : alone(set.setName, host)
      checkName(config, set.setName)
      checkFirst(config, isGiven ? given : {})
      return { config, member: findSelf(config, host, INITIAL_TERM) }
    })
    const { members, ...config } = proposed.config
    const replicaSetId = config.replicaSetId ?? server.services.ids.mint()
    set.initiate({ ...config, replicaSetId, member: proposed.member })
    const leftOut = members.filter((member) => member !== proposed.member)
    return {
      ...(isGiven ? {} : { info2: NO_CONFIG, me: host }),
      ...(leftOut.length > 0 ? { warning: withoutOthers(leftOut) } : {}),
      ok: 1,
    }
  },
} as const satisfies CommandDescriptor

const NO_CONFIG = 'no configuration specified. Using a default configuration for the set'

function alone(name: string, host: string): ProposedConfig {
  return parseConfig({ _id: name, version: 1, members: [{ _id: 0, host }] })
}

function checkName({ name }: ProposedConfig, setName: string): void {
  if (name === setName) return
  throw new ServerError(
    'InvalidReplicaSetConfig',
    `Attempting to initiate a replica set with name ${name}, but command line reports ${setName}; rejecting`,
  )
}

/** Source: `validateConfigForInitiate`, repl_set_config_checks.cpp (8.0). */
function checkFirst(config: ProposedConfig, given: Document): void {
  checkConfig(config)
  if (config.version !== 1) {
    throw new ServerError(
      'NewReplicaSetConfigurationIncompatible',
      `Configuration used to initiate a replica set must  have version 1, but found ${config.version}`,
    )
  }
  if (given['term'] === undefined || Number(given['term']) === INITIAL_TERM) return
  throw new ServerError(
    'NewReplicaSetConfigurationIncompatible',
    `Configuration used to initiate a replica set must have term ${INITIAL_TERM}, but found ${given['term']}`,
  )
}

/** Whatever is wrong with a first configuration, it is invalid. */
function asInvalidConfig<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ServerError) || error.code === 93) throw error
    throw new ServerError('InvalidReplicaSetConfig', error.message)
  }
}

function withoutOthers(members: ProposedConfig['members']): string {
  const hosts = members.map(({ host }) => host).join(', ')
  return `one node stands for the whole set, which begins without ${hosts}`
}
