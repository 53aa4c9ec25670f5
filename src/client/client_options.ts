import { parseConnectionString } from './connection_string.ts'
import type { PkFactory, RetrySettings } from './core.ts'
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
  /** Whether single-document writes that failed by chance are tried again. Default: true. */
  retryWrites?: boolean
  /** Whether reads that failed by chance are tried again. Default: true. */
  retryReads?: boolean
  /** How often what an overloaded server refused is tried again. Default: 2. */
  maxAdaptiveRetries?: number
  /** How long to wait for a primary, on the simulator's clock. Default: 30 seconds. */
  serverSelectionTimeoutMS?: number
}

const KNOWN: ReadonlySet<string> = new Set<keyof ClientOptions>([
  ...(['errors', 'dbName', 'forceServerObjectId', 'pkFactory', 'retryWrites'] as const),
  ...(['retryReads', 'maxAdaptiveRetries', 'serverSelectionTimeoutMS', 'timeoutMS'] as const),
  ...(['readConcern', 'writeConcern', 'readPreference'] as const),
  ...(['ignoreUndefined', 'serializeFunctions', 'promoteValues', 'promoteLongs'] as const),
  ...(['promoteBuffers', 'bsonRegExp', 'useBigInt64'] as const),
])

export interface ResolvedClientOptions {
  readonly errors: ErrorClasses
  readonly settings: Settings
  readonly dbName: string
  readonly forceServerObjectId: boolean
  readonly pkFactory: PkFactory | undefined
  readonly retries: RetrySettings
}

/** The options of a connection string, where there is one, and those given beside it. */
export function withConnectionString(
  uri: string | undefined,
  given: ClientOptions | undefined,
): ClientOptions {
  if (uri === undefined) return { ...given }
  const errors = resolveErrorClasses(given?.errors)
  return { ...parseConnectionString(uri, errors), ...given }
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
    retries: {
      retryWrites: options.retryWrites ?? true,
      retryReads: options.retryReads ?? true,
      maxAdaptiveRetries: wholeNumber(errors, options, 'maxAdaptiveRetries') ?? 2,
      serverSelectionTimeoutMS: wholeNumber(errors, options, 'serverSelectionTimeoutMS') ?? 30_000,
    },
  }
}

function wholeNumber(
  errors: ErrorClasses,
  options: ClientOptions,
  name: 'maxAdaptiveRetries' | 'serverSelectionTimeoutMS',
): number | undefined {
  const value: unknown = options[name]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  throw new errors.MongoParseError(`${name} must be a whole number, and not negative`)
}
