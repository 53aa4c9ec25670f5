import type { PkFactory } from './core.ts'
import { resolveErrorClasses } from './error_classes.ts'
import type { ErrorClasses, GivenErrorClasses } from './errors.ts'
import type { InheritedOptions } from './options.ts'
import { DEFAULT_SETTINGS, inherit, type Settings } from './settings.ts'

/**
 * Options of the in-process client: those of the driver's that mean something without a network.
 * Any other is refused, rather than ignored.
 */
export interface ClientOptions extends InheritedOptions {
  /** The classes to make errors of, in place of this package's own: the driver's module will do. */
  errors?: GivenErrorClasses
  /** What `client.db()` is without a name. Default: `test`. */
  dbName?: string
  /** Leaves minting missing `_id`s to the server. */
  forceServerObjectId?: boolean
  /** Mints missing `_id`s, in place of ObjectIds from the simulator's clock and random. */
  pkFactory?: PkFactory
  /** Accepted, and of no effect: no reply is ever lost in process. */
  retryWrites?: boolean
  /** Accepted, and of no effect: no reply is ever lost in process. */
  retryReads?: boolean
}

const KNOWN: ReadonlySet<string> = new Set<keyof ClientOptions>([
  ...(['errors', 'dbName', 'forceServerObjectId', 'pkFactory', 'retryWrites'] as const),
  ...(['retryReads', 'readConcern', 'writeConcern', 'readPreference'] as const),
  ...(['ignoreUndefined', 'serializeFunctions', 'promoteValues', 'promoteLongs'] as const),
  ...(['promoteBuffers', 'bsonRegExp', 'useBigInt64'] as const),
])

export interface ResolvedClientOptions {
  readonly errors: ErrorClasses
  readonly settings: Settings
  readonly dbName: string
  readonly forceServerObjectId: boolean
  readonly pkFactory: PkFactory | undefined
}

/** @throws MongoParseError for an option that is not known */
export function readClientOptions(options: ClientOptions): ResolvedClientOptions {
  const errors = resolveErrorClasses(options.errors)
  const unknown = Object.keys(options).filter((name) => !KNOWN.has(name))
  if (unknown.length > 0) {
    const [what, verb] = unknown.length === 1 ? ['option', 'is'] : ['options', 'are']
    throw new errors.MongoParseError(
      `${what} ${unknown.join(', ').toLowerCase()} ${verb} not supported`,
    )
  }
  return {
    errors,
    settings: inherit(DEFAULT_SETTINGS, options, errors),
    dbName: options.dbName ?? 'test',
    forceServerObjectId: options.forceServerObjectId === true,
    pkFactory: options.pkFactory,
  }
}
