import type { ObjectId } from 'bson'
import { type Document, isDocument, isNumeric, numberToDouble, typeOf } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import {
  arrayOf,
  checkDocumentFields,
  type FieldRule,
  type FieldTable,
  fieldTable,
  types,
} from '../fields.ts'
import { isTrue } from '../truth.ts'
import { MEMBER_DEFAULT, SETTINGS_DEFAULT, type SetMember, type SetSettings } from './config.ts'

/** A configuration as a command gives it: not yet that of this node. */
export interface ProposedConfig {
  readonly name: string
  readonly version: number
  readonly members: readonly ProposedMember[]
  readonly writeConcernMajorityJournalDefault: boolean
  readonly settings: SetSettings
  readonly replicaSetId: ObjectId | undefined
}

export interface ProposedMember extends SetMember {
  readonly host: string
}

const INT32_MAX = 2 ** 31 - 1

/** A whole number within bounds; the server's texts for what is below and above. */
function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): FieldRule {
  return {
    ...types.safeInt,
    validate: (name, value) => {
      const actual = numberToDouble(value)
      const isWithin = actual >= least && actual <= most
      if (isWithin) return undefined
      const bound = actual < least ? `>= ${least}` : `<= ${most}`
      const message = `BSON field '${name}' value must be ${bound}, actual value '${actual}'`
      return new ServerError(51024, message)
    },
  }
}

const objectId: FieldRule = {
  accepts: (value) => typeOf(value) === 'objectId',
  expected: ['objectId'],
}

/** Source: member_config.idl (8.0). */
const MEMBER_FIELDS: FieldTable = fieldTable(
  {
    _id: integer(0, 255),
    host: types.string,
    votes: integer(0, 1),
    priority: { ...integer(0, 1000), ...types.safeDouble },
    hidden: types.safeBool,
    secondaryDelaySecs: integer(0, 31_622_400),
    arbiterOnly: types.safeBool,
    buildIndexes: types.safeBool,
    tags: types.object,
  },
  { required: ['_id', 'host'] },
)

/** Source: `ReplSetConfigSettings`, repl_set_config.idl (8.0): others are let through. */
const SETTINGS_FIELDS: FieldTable = fieldTable(
  {
    chainingAllowed: types.safeBool,
    heartbeatIntervalMillis: integer(1),
    heartbeatTimeoutSecs: integer(1),
    electionTimeoutMillis: integer(1),
    catchUpTimeoutMillis: integer(-1),
    catchUpTakeoverDelayMillis: integer(-1),
    getLastErrorModes: types.object,
    getLastErrorDefaults: types.object,
    replicaSetId: objectId,
  },
  { strict: false },
)

/** Source: `ReplSetConfigBase`, repl_set_config.idl (8.0). */
const CONFIG_FIELDS: FieldTable = fieldTable(
  {
    _id: types.string,
    version: integer(1, INT32_MAX),
    term: integer(-1, INT32_MAX),
    members: arrayOf(),
    protocolVersion: integer(1, 1),
    writeConcernMajorityJournalDefault: types.safeBool,
    settings: types.object,
  },
  { required: ['_id', 'version', 'members'] },
)

/**
 * Reads a configuration, without a look at what its parts mean together.
 *
 * @throws ServerError 40415, 40414, 14, 51024, 9, 2 as the parser has them
 */
export function parseConfig(given: Document): ProposedConfig {
  checkDocumentFields(given, 'ReplSetConfig', CONFIG_FIELDS)
  const settings = isDocument(given['settings']) ? given['settings'] : {}
  checkDocumentFields(settings, 'ReplSetConfig.settings', SETTINGS_FIELDS)
  return {
    name: given['_id'] as string,
    version: numberToDouble(given['version']),
    members: (given['members'] as Document[]).map(parseMember),
    writeConcernMajorityJournalDefault: flagIn(given, 'writeConcernMajorityJournalDefault', true),
    settings: parseSettings(settings),
    replicaSetId: (settings['replicaSetId'] ?? undefined) as ObjectId | undefined,
  }
}

function parseSettings(given: Document): SetSettings {
  const base = SETTINGS_DEFAULT
  const number = (name: keyof SetSettings): number => numberIn(given, name, base[name] as number)
  return {
    chainingAllowed: flagIn(given, 'chainingAllowed', base.chainingAllowed),
    heartbeatIntervalMillis: number('heartbeatIntervalMillis'),
    heartbeatTimeoutSecs: number('heartbeatTimeoutSecs'),
    electionTimeoutMillis: number('electionTimeoutMillis'),
    catchUpTimeoutMillis: number('catchUpTimeoutMillis'),
    catchUpTakeoverDelayMillis: number('catchUpTakeoverDelayMillis'),
    getLastErrorModes: documentIn(given, 'getLastErrorModes'),
  }
}

function parseMember(given: Document): ProposedMember {
  checkDocumentFields(given, 'ReplSetConfig.members', MEMBER_FIELDS)
  const arbiterOnly = flagIn(given, 'arbiterOnly', false)
  const priority = numberIn(given, 'priority', MEMBER_DEFAULT.priority)
  const member = {
    id: numberToDouble(given['_id']),
    host: withPort(given['host'] as string),
    arbiterOnly,
    buildIndexes: flagIn(given, 'buildIndexes', true),
    hidden: flagIn(given, 'hidden', false),
    // An arbiter is never elected, whatever the default says.
    priority: arbiterOnly && priority === 1 ? 0 : priority,
    tags: documentIn(given, 'tags'),
    secondaryDelaySecs: numberIn(given, 'secondaryDelaySecs', 0),
    votes: numberIn(given, 'votes', 1),
  }
  checkMember(member)
  return member
}

/** Source: `MemberConfig::MemberConfig`, member_config.cpp (8.0). */
function checkMember(member: ProposedMember): void {
  const refuse = (message: string): never => {
    throw new ServerError('BadValue', message)
  }
  if (member.arbiterOnly) {
    if (Object.keys(member.tags).length > 0) refuse('Cannot set tags on arbiters.')
    if (member.votes === 0) refuse('Arbiter must vote (cannot have 0 votes)')
  }
  if (member.secondaryDelaySecs > 0 && member.priority !== 0) {
    refuse('secondaryDelaySecs requires priority be zero')
  }
  if (member.priority === 0) return
  if (member.votes === 0) refuse('priority must be 0 when non-voting (votes:0)')
  if (member.hidden) refuse('priority must be 0 when hidden=true')
  if (!member.buildIndexes) refuse('priority must be 0 when buildIndexes=false')
}

const PORT_DEFAULT = 27017

/** Source: `HostAndPort::initialize` (8.0). */
function withPort(host: string): string {
  const [, name, port] = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d+))?$/.exec(host) ?? []
  if (name === undefined) {
    const what = host === '' ? 'Empty host component' : 'Cannot parse the host'
    throw new ServerError('FailedToParse', `${what} parsing HostAndPort from "${host}"`)
  }
  const number = port === undefined ? PORT_DEFAULT : Number(port)
  if (number > 0 && number <= 65_535) return `${name}:${number}`
  throw new ServerError(
    'FailedToParse',
    `Port number ${number} out of range parsing HostAndPort from "${host}"`,
  )
}

function documentIn(given: Document, name: string): Document {
  const value = given[name]
  return isDocument(value) ? value : {}
}

function flagIn(given: Document, name: string, otherwise: boolean): boolean {
  const value = given[name]
  return value === undefined || value === null ? otherwise : isTrue(value)
}

function numberIn(given: Document, name: string, otherwise: number): number {
  const value = given[name]
  return isNumeric(value) ? numberToDouble(value) : otherwise
}
