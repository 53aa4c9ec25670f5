/**
 * The fields that many commands share, added where the options or the settings ask for them.
 *
 * A command begins as an object literal and grows field by field, its values copied in as they are
 * added. It is never a copy of another object: a field added to what an object spread has made
 * costs V8 half a microsecond, where one added to a literal costs next to nothing.
 */
import type { Document } from 'bson'
import { copyIn, copyValueIn } from '../../bson/index.ts'
import { toReadConcern, toReadPreference, toWriteConcern, type WriteConcern } from '../concerns.ts'
import type { CommandOptions, Hint, OperationOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import { type BsonSettings, inheritBson } from '../settings.ts'

/** For an operation that was given no options, on a scope that has settings. */
export const NO_OPTIONS: CommandOptions = {}

/** The options that an operation runs under: those given, and the time that it inherits. */
export function optionsOf<Options extends CommandOptions>(
  scope: Scope,
  given: Options | undefined,
): Options {
  const { timeoutMS } = scope.settings
  const options = given ?? (NO_OPTIONS as Options)
  if (timeoutMS === undefined || options.timeoutMS !== undefined) return options
  // A session may have a budget of its own, which all that it runs shares.
  return options.session?.budget === undefined ? { ...options, timeoutMS } : options
}

/** How this operation's values are copied in and out. */
export function bsonOf(scope: Scope, options: OperationOptions): BsonSettings {
  return inheritBson(scope.settings.bson, options, scope.core.errors)
}

/** A transaction has one write concern, which its commit carries; so its operations carry none. */
export function writeConcernOf(scope: Scope, options: CommandOptions): WriteConcern | undefined {
  if (options.session?.inTransaction()) return undefined
  return toWriteConcern(options.writeConcern) ?? scope.settings.writeConcern
}

export function addWriteConcern(command: Document, scope: Scope, options: CommandOptions): void {
  const concern = writeConcernOf(scope, options)
  if (concern !== undefined) command['writeConcern'] = concern
}

/** A transaction has one read concern, which its first command carries. */
export function addReadConcern(command: Document, scope: Scope, options: CommandOptions): void {
  if (options.session?.inTransaction()) return
  const concern = toReadConcern(options.readConcern) ?? scope.settings.readConcern
  if (concern !== undefined) command['readConcern'] = concern
}

/**
 * @throws MongoServerSelectionError for mode `secondary`: there is only a primary. The driver says
 *   so after `serverSelectionTimeoutMS`, during which a secondary might have turned up.
 * @throws MongoTransactionError for any mode but primary in a transaction
 */
export function addReadPreference(
  command: Document,
  scope: Scope,
  options: OperationOptions,
): void {
  const { errors } = scope.core
  const transaction = options.session?.inTransaction() ? options.session.transaction : undefined
  const inherited = (transaction?.options ?? scope.settings).readPreference
  const preference =
    options.readPreference === undefined
      ? inherited
      : toReadPreference(options.readPreference, errors)
  if (preference === undefined) return
  if (transaction !== undefined) {
    throw new errors.MongoTransactionError(
      `Read preference in a transaction must be primary, not: ${preference.mode}`,
    )
  }
  if (preference.mode === 'secondary') {
    throw new errors.MongoServerSelectionError(
      'No server matches the read preference "secondary": the in-process server is a primary alone',
      {},
    )
  }
  command['$readPreference'] = preference
}

export function addMaxTime(command: Document, options: CommandOptions): void {
  if (typeof options.maxTimeMS === 'number') command['maxTimeMS'] = options.maxTimeMS
}

/** The fields that any command on documents may carry. */
export function addGeneric(command: Document, options: CommandOptions): void {
  addMaxTime(command, options)
  if (options.comment !== undefined) command['comment'] = copyValueIn(options.comment)
}

/** Variables for expressions in filters and updates. */
export function addLet(command: Document, variables: Document | undefined): void {
  if (variables !== undefined) command['let'] = copyIn(variables)
}

/** Not for commands whose statements have a collation each. */
export function addCollation(command: Document, options: CommandOptions): void {
  if (options.collation !== undefined) command['collation'] = copyValueIn(options.collation)
}

/** A filter, a pipeline or any other value of the caller's, as it goes into a command. */
export function copied(value: unknown, bson: BsonSettings): unknown {
  return copyValueIn(value, bson.in)
}

/** Whether this is what a filter should be; anything else is for the server to refuse. */
export function isPlainFilter(filter: unknown): filter is Document {
  return (
    typeof filter === 'object' &&
    filter !== null &&
    !Array.isArray(filter) &&
    (filter as Document)['_bsontype'] === undefined
  )
}

/** A list of field names means an ascending pattern. */
export function toHint(hint: Hint | readonly string[]): unknown {
  if (!Array.isArray(hint)) return copyValueIn(hint)
  return Object.fromEntries(hint.map((field) => [field, 1]))
}

/** Wraps a command so that its plan is asked for; the same command where it isn't. */
export function explained(command: Document, options: CommandOptions): Document {
  const { explain } = options
  if (explain === undefined) return command
  if (typeof explain === 'object') {
    const { verbosity, maxTimeMS } = explain
    return { explain: command, verbosity, ...(typeof maxTimeMS === 'number' && { maxTimeMS }) }
  }
  if (typeof explain === 'string') return { explain: command, verbosity: explain }
  return { explain: command, verbosity: explain ? 'allPlansExecution' : 'queryPlanner' }
}
