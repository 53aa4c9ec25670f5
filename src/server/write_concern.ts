import { type Document, isDocument, isNumeric, numberToDouble } from '../bson/index.ts'
import { ServerError } from '../engine/index.ts'
import { checkDocumentFields, fieldTable, types } from './fields.ts'

/** How far a write must have spread before it is answered. */
export interface WriteConcern {
  /** As the profiler shows it. */
  readonly document: Document
  readonly w: number | string
  /** Whether the client wants no answer at all. */
  readonly isUnacknowledged: boolean
}

/** What a replica set of 8.0 takes where nothing is said. */
export const DEFAULT_WRITE_CONCERN: Document = {
  w: 'majority',
  wtimeout: 0,
  provenance: 'implicitDefault',
}

const FIELDS = fieldTable({
  w: types.any,
  j: types.safeBool,
  fsync: types.safeBool,
  wtimeout: types.any,
  provenance: types.string,
  getLastError: types.any,
  wOpTime: types.any,
  wElectionId: types.any,
})

/** Most members that a replica set can have. */
const MEMBERS_MAX = 50
const DATA_BEARING_MEMBERS = 1

/**
 * Checks a write concern as it was sent; nothing for an empty one, which is the default.
 *
 * @throws ServerError FailedToParse, BadValue. Source: write_concern_options.cpp, write_concern.cpp
 *   (8.0)
 */
export function parseWriteConcern(
  given: Document,
  isReplicaSet: boolean,
): WriteConcern | undefined {
  if (Object.keys(given).length === 0) return undefined
  checkDocumentFields(given, 'writeConcern', FIELDS)
  const w = parseW(given['w'])
  const j = truth(given['j'])
  const fsync = truth(given['fsync'])
  if (j === true && fsync === true) {
    throw new ServerError('FailedToParse', 'fsync and j options cannot be used together')
  }
  if (!isReplicaSet) checkStandalone(w)
  const document: Document = { w }
  if (fsync === true) document['fsync'] = true
  else if (j !== undefined) document['j'] = j
  const { wtimeout } = given
  document['wtimeout'] = isNumeric(wtimeout) ? Math.trunc(numberToDouble(wtimeout)) : 0
  document['provenance'] = given['provenance'] ?? 'clientSupplied'
  return { document, w, isUnacknowledged: w === 0 && j !== true && fsync !== true }
}

function parseW(given: unknown): number | string {
  if (given === undefined) return 1
  if (typeof given === 'string') return given
  if (isNumeric(given)) {
    const w = Math.trunc(numberToDouble(given))
    if (w >= 0 && w <= MEMBERS_MAX) return w
    throw new ServerError(
      'FailedToParse',
      `w has to be a non-negative number and not greater than ${MEMBERS_MAX}`,
    )
  }
  if (isDocument(given)) {
    throw new ServerError('NotImplemented', 'write concerns by tags are not supported')
  }
  throw new ServerError('FailedToParse', 'w has to be a number, string, or object')
}

function checkStandalone(w: number | string): void {
  if (typeof w === 'number' && w > 1) {
    throw new ServerError('BadValue', "cannot use 'w' > 1 when a host is not replicated")
  }
  if (typeof w === 'string' && w !== 'majority') {
    throw new ServerError(
      'BadValue',
      "cannot use non-majority 'w' mode when a host is not a member of a replica set",
    )
  }
}

function truth(value: unknown): boolean | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'boolean' ? value : numberToDouble(value) !== 0
}

/**
 * What the reply says of a write concern that one node can't meet; nothing where it can.
 * Source: `_doneWaitingForReplication_inlock`, replication_coordinator_impl.cpp
 */
export function unmetWriteConcern(concern: WriteConcern): Document | undefined {
  const { w, document } = concern
  if (typeof w === 'number') {
    if (w <= DATA_BEARING_MEMBERS) return undefined
    return {
      code: 100,
      codeName: 'UnsatisfiableWriteConcern',
      errmsg: 'Not enough data-bearing nodes',
      errInfo: { writeConcern: document },
    }
  }
  if (w === 'majority') return undefined
  return {
    code: 79,
    codeName: 'UnknownReplWriteConcern',
    errmsg: `No write concern mode named '${w}' found in replica set configuration`,
    errInfo: { writeConcern: document },
  }
}
