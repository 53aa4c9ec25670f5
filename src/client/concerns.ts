/**
 * Read concern, write concern and read preference: the forms users write, brought once, at the
 * edge, into the form that commands carry.
 */
import type { Document } from '../bson/index.ts'
import type { ErrorClasses } from './errors.ts'

export type ReadConcernLevel = 'local' | 'majority' | 'linearizable' | 'available' | 'snapshot'

export type ReadConcernLike = ReadConcernLevel | { readonly level?: ReadConcernLevel | string }

/** A read concern as commands carry it. */
export interface ReadConcern extends Document {
  level?: string
}

/** A write concern as users write it. `wtimeout`, `j` and `fsync` are the older names. */
export interface WriteConcernSettings {
  readonly w?: number | 'majority' | (string & {})
  readonly wtimeoutMS?: number
  readonly journal?: boolean
  readonly wtimeout?: number
  readonly j?: boolean
  readonly fsync?: boolean | 1
}

/** A write concern as commands carry it; `wtimeout` in milliseconds. */
export interface WriteConcern extends Document {
  w?: number | string
  wtimeout?: number
  j?: boolean
}

export type ReadPreferenceMode =
  | 'primary'
  | 'primaryPreferred'
  | 'secondary'
  | 'secondaryPreferred'
  | 'nearest'

export type ReadPreferenceLike =
  | ReadPreferenceMode
  | {
      readonly mode?: ReadPreferenceMode
      readonly tags?: readonly object[]
      readonly maxStalenessSeconds?: number
    }

/** A read preference as commands carry it. Primary, the default, is carried by none. */
export interface ReadPreference extends Document {
  mode: Exclude<ReadPreferenceMode, 'primary'>
  tags?: readonly object[]
  maxStalenessSeconds?: number
}

export function toReadConcern(given: ReadConcernLike | undefined): ReadConcern | undefined {
  const level = typeof given === 'string' ? given : given?.level
  return level === undefined ? undefined : { level }
}

/** Undefined where nothing is asked for, so that the server's own default applies. */
export function toWriteConcern(given: WriteConcernSettings | undefined): WriteConcern | undefined {
  if (given === undefined || given === null) return undefined
  const concern: WriteConcern = {}
  // A number in a string is a count of members; any other string names a mode.
  if (given.w !== undefined) concern.w = Number.isNaN(Number(given.w)) ? given.w : Number(given.w)
  const wtimeout = given.wtimeout ?? given.wtimeoutMS
  if (wtimeout !== undefined) concern.wtimeout = wtimeout
  const journal = given.fsync === undefined ? (given.j ?? given.journal) : Boolean(given.fsync)
  if (journal !== undefined) concern.j = journal
  return Object.keys(concern).length === 0 ? undefined : concern
}

/** How long a commit or abort waits for its write concern, where the caller did not say. */
const WTIMEOUT_MS = 10_000

/** The write concern of a first commit, or of an abort. */
export function withTimeout(given: WriteConcern | undefined): WriteConcern {
  return { w: 'majority', wtimeout: WTIMEOUT_MS, ...given }
}

/**
 * The write concern of a repeated commit: otherwise what an earlier attempt did might yet be rolled
 * back.
 */
export function majority(given: WriteConcern | undefined): WriteConcern {
  return { ...withTimeout(given), w: 'majority' }
}

const MODES: readonly unknown[] = [
  'primary',
  'primaryPreferred',
  'secondary',
  'secondaryPreferred',
  'nearest',
] satisfies ReadPreferenceMode[]

/** Undefined for primary. */
export function toReadPreference(
  given: ReadPreferenceLike | undefined,
  errors: ErrorClasses,
): ReadPreference | undefined {
  if (given === undefined || given === null) return undefined
  const mode = typeof given === 'string' ? given : given.mode
  if (mode === undefined || !MODES.includes(mode)) {
    throw new errors.MongoInvalidArgumentError(
      `Invalid read preference mode ${JSON.stringify(mode)}`,
    )
  }
  if (mode === 'primary') return undefined
  const preference: ReadPreference = { mode }
  if (typeof given === 'object') {
    if (given.tags !== undefined) preference.tags = given.tags
    if (given.maxStalenessSeconds !== undefined) {
      preference.maxStalenessSeconds = given.maxStalenessSeconds
    }
  }
  return preference
}
