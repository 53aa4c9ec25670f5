import { ServerError } from '../../engine/index.ts'
import type { ReplicaSetConfig } from './config.ts'
import type { ProposedConfig, ProposedMember } from './parse_config.ts'

/** Source: `ReplSetConfig::kMaxMembers`, `kMaxVotingMembers`. */
const MEMBERS_MAX = 50
const VOTING_MEMBERS_MAX = 7

const bad = (message: string): ServerError => new ServerError('BadValue', message)

/**
 * Whether the parts of a configuration go together.
 *
 * @throws ServerError 2. Source: `ReplSetConfig::_validate`, repl_set_config.cpp (8.0)
 */
export function checkConfig({ members }: ProposedConfig): void {
  if (members.length === 0 || members.length > MEMBERS_MAX) {
    throw bad(
      `Replica set configuration contains ${members.length} members, but must have at least 1 and no more than  ${MEMBERS_MAX}`,
    )
  }
  checkDistinct(members, ({ id }) => id, '_id')
  checkDistinct(members, ({ host }) => host, 'host')
  const localhosts = members.filter(({ host }) => isLocalhost(host)).length
  if (localhosts !== 0 && localhosts !== members.length) {
    throw bad(
      `Either all host names in a replica set configuration must be localhost references, or none must be; found ${localhosts} out of ${members.length}`,
    )
  }
  const voters = members.filter(({ votes }) => votes > 0).length
  if (voters === 0 || voters > VOTING_MEMBERS_MAX) {
    throw bad(
      `Replica set configuration contains ${voters} voting members, but must be at least 1 and no more than ${VOTING_MEMBERS_MAX}`,
    )
  }
  if (members.some(isElectable)) return
  throw bad(
    'Replica set configuration must contain at least one non-arbiter member with priority > 0',
  )
}

function checkDistinct(
  members: readonly ProposedMember[],
  keyOf: (member: ProposedMember) => string | number,
  field: string,
): void {
  members.forEach((member, i) => {
    const j = members.findIndex((other, at) => at !== i && keyOf(other) === keyOf(member))
    if (j === -1) return
    throw bad(
      `Found two member configurations with same ${field} field, members.${i}.${field} == members.${j}.${field} == ${keyOf(member)}`,
    )
  })
}

function isElectable({ arbiterOnly, priority }: ProposedMember): boolean {
  return !arbiterOnly && priority > 0
}

/** Source: `HostAndPort::isLocalHost`. */
function isLocalhost(host: string): boolean {
  const name = host.slice(0, host.lastIndexOf(':'))
  return name === 'localhost' || name.startsWith('127.') || name === '[::1]'
}

/**
 * Which of the members is this node. The server looks at its network interfaces and asks around;
 * here it is who has the address that the client dialled, else the only one with its port, under
 * whatever name.
 *
 * @param dialled `host:port`, as the client reached this node
 * @throws ServerError 74, 93. Source: `findSelfInConfigIfElectable`, repl_set_config_checks.cpp
 */
export function findSelf(config: ProposedConfig, dialled: string, term: number): ProposedMember {
  const place = `new configuration with {version: ${config.version}, term: ${term}} for replica set ${config.name}`
  const own = config.members.filter(({ host }) => host === dialled)
  const port = dialled.slice(dialled.lastIndexOf(':'))
  const found = own.length > 0 ? own : config.members.filter(({ host }) => host.endsWith(port))
  const [self] = found
  if (self === undefined) {
    throw new ServerError('NodeNotFound', `No host described in ${place} maps to this node`)
  }
  if (found.length > 1) {
    const hosts = found.map(({ host }) => host)
    const all = `${hosts.slice(0, -1).join(', ')} and ${hosts.at(-1)}`
    throw new ServerError(
      'InvalidReplicaSetConfig',
      `The hosts ${all} all map to this node in ${place}`,
    )
  }
  if (isElectable(self)) return self
  throw new ServerError(
    'InvalidReplicaSetConfig',
    `This node, ${self.host}, with _id ${self.id} is not electable under the ${place}`,
  )
}

/**
 * Whether one configuration may follow another.
 *
 * @throws ServerError 103. Source: `validateOldAndNewConfigsCompatible`
 */
export function checkSuccessor(
  old: ReplicaSetConfig,
  next: ProposedConfig,
  terms: { readonly old: number; readonly next: number },
): void {
  const refuse = (message: string): never => {
    throw new ServerError('NewReplicaSetConfigurationIncompatible', message)
  }
  if (!isNewer(terms.next, next.version, terms.old, old.version)) {
    refuse(
      `New replica set configuration version and term must be greater than old, but {version: ${next.version}, term: ${terms.next}} is not greater than {version: ${old.version}, term: ${terms.old}} for replica set ${next.name}`,
    )
  }
  const id = next.replicaSetId
  if (id !== undefined && !id.equals(old.replicaSetId)) {
    refuse(
      `New and old configurations differ in replica set ID; old was ${old.replicaSetId.toHexString()}, and new is ${id.toHexString()}`,
    )
  }
  for (const member of next.members) {
    if (member.host !== old.member.host || member.id === old.member.id) continue
    refuse(
      `New and old configurations both have members with host of ${member.host} but in the new configuration the _id field is ${member.id} and in the old configuration it is ${old.member.id} for replica set ${next.name}`,
    )
  }
}

/** Configurations are ordered by term, then version; by version alone where one has no term. */
function isNewer(term: number, version: number, oldTerm: number, oldVersion: number): boolean {
  if (term === -1 || oldTerm === -1 || term === oldTerm) return version > oldVersion
  return term > oldTerm
}
