/**
 * What operations inherit: client to database to collection to operation. Resolved once at each of
 * the upper levels, so that an operation without options of its own looks nothing up.
 */
import type { CopyInOptions, CopyOutOptions } from '../bson/index.ts'
import {
  type ReadConcern,
  type ReadPreference,
  toReadConcern,
  toReadPreference,
  toWriteConcern,
  type WriteConcern,
} from './concerns.ts'
import type { ErrorClasses } from './errors.ts'
import type { BsonOptions, InheritedOptions } from './options.ts'
import { checkTimeoutMs } from './time_budget.ts'

export interface Settings {
  readonly readConcern: ReadConcern | undefined
  readonly writeConcern: WriteConcern | undefined
  readonly readPreference: ReadPreference | undefined
  readonly timeoutMS: number | undefined
  readonly bson: BsonSettings
  /** Nothing is asked for: an operation without options may take the short way. */
  readonly plain: boolean
}

/** Undefined stands for the defaults. */
export interface BsonSettings {
  readonly in: CopyInOptions | undefined
  readonly out: CopyOutOptions | undefined
}

export const DEFAULT_SETTINGS: Settings = {
  readConcern: undefined,
  writeConcern: undefined,
  readPreference: undefined,
  timeoutMS: undefined,
  bson: { in: undefined, out: undefined },
  plain: true,
}

/** @throws MongoInvalidArgumentError for a read preference that is none */
export function inherit(
  parent: Settings,
  given: InheritedOptions | undefined,
  errors: ErrorClasses,
): Settings {
  if (given === undefined) return parent
  const readConcern = toReadConcern(given.readConcern) ?? parent.readConcern
  const writeConcern = toWriteConcern(given.writeConcern) ?? parent.writeConcern
  const readPreference =
    given.readPreference === undefined
      ? parent.readPreference
      : toReadPreference(given.readPreference, errors)
  const bson = inheritBson(parent.bson, given, errors)
  if (given.timeoutMS !== undefined) checkTimeoutMs({ errors }, given.timeoutMS)
  const timeoutMS = given.timeoutMS ?? parent.timeoutMS
  const plain =
    readConcern === undefined &&
    writeConcern === undefined &&
    readPreference === undefined &&
    timeoutMS === undefined &&
    bson.in === undefined &&
    bson.out === undefined
  return { readConcern, writeConcern, readPreference, timeoutMS, bson, plain }
}

export function inheritBson(
  parent: BsonSettings,
  given: BsonOptions,
  errors: ErrorClasses,
): BsonSettings {
  refuseUnsupported(given, errors)
  const { promoteValues, promoteLongs, promoteBuffers, bsonRegExp, useBigInt64 } = given
  const copiesOutInOwnWay =
    promoteValues !== undefined ||
    promoteLongs !== undefined ||
    promoteBuffers !== undefined ||
    bsonRegExp !== undefined ||
    useBigInt64 !== undefined
  const { ignoreUndefined, serializeFunctions } = given
  const copiesInInOwnWay = ignoreUndefined !== undefined || serializeFunctions !== undefined
  if (!copiesInInOwnWay && !copiesOutInOwnWay) return parent
  return {
    in: copiesInInOwnWay
      ? {
          ...parent.in,
          ...(ignoreUndefined !== undefined && { ignoreUndefined }),
          ...(serializeFunctions !== undefined && { serializeFunctions }),
        }
      : parent.in,
    out: copiesOutInOwnWay
      ? {
          ...parent.out,
          ...(promoteValues !== undefined && { promoteValues }),
          ...(promoteLongs !== undefined && { promoteLongs }),
          ...(promoteBuffers !== undefined && { promoteBuffers }),
          ...(bsonRegExp !== undefined && { bsonRegExp }),
          ...(useBigInt64 !== undefined && { useBigInt64 }),
        }
      : parent.out,
  }
}

/** What the driver does on the wire, or in a serializer that is not there: asked for, an error. */
function refuseUnsupported(given: BsonOptions, errors: ErrorClasses): void {
  const { raw, fieldsAsRaw, checkKeys } = given as Record<string, unknown>
  const asked = raw ? 'raw' : fieldsAsRaw ? 'fieldsAsRaw' : checkKeys ? 'checkKeys' : undefined
  if (asked === undefined) return
  throw new errors.MongoInvalidArgumentError(
    `Option "${asked}" is not supported by the in-process client`,
  )
}
