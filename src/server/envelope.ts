import { type Document, isDocument, isNumeric, numberToDouble } from '../bson/index.ts'
import { ServerError } from '../engine/index.ts'
import {
  ENVELOPE_MARK,
  type FieldRule,
  type FieldRules,
  GOSSIP_MARK,
  marked,
  TERMS_MARK,
  types,
} from './fields.ts'
import type { RegisteredCommand } from './registered_command.ts'

/**
 * The fields that every command may carry beside its own: who sends it, in which session and
 * transaction, how long it may take, which concerns it has. Source: generic_argument.idl (8.0).
 */
const envelope = (rule: FieldRule): FieldRule => marked(rule, ENVELOPE_MARK)
const terms = (rule: FieldRule): FieldRule => marked(rule, ENVELOPE_MARK | TERMS_MARK)

export const ENVELOPE_FIELDS: FieldRules = {
  $db: types.string,
  comment: types.any,
  $readPreference: types.object,
  $clusterTime: marked(types.object, GOSSIP_MARK),
  lsid: envelope(types.object),
  txnNumber: envelope(types.long),
  autocommit: envelope(types.bool),
  startTransaction: envelope(types.bool),
  txnRetryCounter: envelope(types.int),
  maxTimeMS: terms(types.any),
  maxTimeMSOpOnly: terms(types.any),
  readConcern: terms(types.object),
  writeConcern: terms(types.object),
  apiVersion: terms(types.string),
  apiStrict: terms(types.bool),
  apiDeprecationErrors: terms(types.bool),
  stmtId: types.int,
  /** Sent by members of a cluster and by tools; without effect on a plain replica set. */
  clientOperationKey: types.binData,
  $audit: types.any,
  $client: types.any,
  $configServerState: types.any,
  $configTime: types.any,
  $topologyTime: types.any,
  $queryOptions: types.any,
  $replData: types.any,
  mayBypassWriteBlocking: types.bool,
}

/**
 * The version of the stable API that a command asks for.
 *
 * @throws ServerError 322, 323, 4886600. Source: initialize_api_parameters.cpp (8.0)
 */
export function checkApiVersion(command: Document, descriptor: RegisteredCommand): void {
  const { apiVersion, apiStrict, apiDeprecationErrors } = command
  if ((apiVersion ?? undefined) === undefined) {
    if ((apiStrict ?? apiDeprecationErrors ?? undefined) === undefined) return
    throw new ServerError(
      4886600,
      'Provided apiStrict and/or apiDeprecationErrors without passing apiVersion',
    )
  }
  if (apiVersion === '2') throw new ServerError('APIVersionError', 'Cannot accept API version 2')
  if (apiVersion !== '1') throw new ServerError('APIVersionError', 'API version must be "1"')
  if (apiStrict !== true || descriptor.inApiVersion1) return
  throw new ServerError(
    'APIStrictError',
    `Provided apiStrict:true, but the command ${descriptor.name} is not in API Version 1. Information on supported commands and migrations in API Version 1 can be found at https://dochub.mongodb.org/core/manual-versioned-api.`,
  )
}

/** What clients send before they know anything: it needs no version of the stable API. */
const WITHOUT_API_VERSION: ReadonlySet<string> = new Set(['hello', 'isMaster'])

/** @throws ServerError 498870. Source: `enforceRequireAPIVersion`, initialize_api_parameters.cpp */
export function requireApiVersion(command: Document, { name }: RegisteredCommand): void {
  if ((command['apiVersion'] ?? undefined) !== undefined || WITHOUT_API_VERSION.has(name)) return
  throw new ServerError(
    498870,
    "The apiVersion parameter is required, please configure your MongoClient's API version",
  )
}

const TIME_MS_MAX = 2_147_483_647

/**
 * `maxTimeMS` in milliseconds; 0 where there is no limit.
 *
 * @throws ServerError BadValue. Source: max_time_ms_parser.cpp (8.0)
 */
export function maxTimeMsOf(command: Document): number {
  if (command['maxTimeMSOpOnly'] !== undefined) {
    throw new ServerError(
      'InvalidOptions',
      'Can not specify maxTimeMSOpOnly for non internal clients',
    )
  }
  const given = command['maxTimeMS']
  if (given === undefined || given === null) return 0
  if (!isNumeric(given)) throw new ServerError('BadValue', 'maxTimeMS must be a number')
  const ms = numberToDouble(given)
  if (!(ms >= 0 && ms <= TIME_MS_MAX)) {
    throw new ServerError(
      'BadValue',
      `${ms} value for maxTimeMS is out of range [0, ${TIME_MS_MAX}]`,
    )
  }
  if (!Number.isInteger(ms)) {
    throw new ServerError('BadValue', 'maxTimeMS has non-integral value')
  }
  return ms
}

/** A field that may be a document; nothing where it is absent or null. */
export function documentOrNothing(value: unknown): Document | undefined {
  return value !== undefined && isDocument(value) ? value : undefined
}
