import type { Document } from 'bson'
import { type CopyOutOptions, copyIn, copyOut } from '../../bson/index.ts'
import { executeOperation } from '../execute_operation.ts'
import type { CommandOptions, OperationOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import { DEFAULT_SETTINGS, inheritBson } from '../settings.ts'
import { addMaxTime, addReadPreference, addWriteConcern, optionsOf } from './command_fields.ts'

/** Runs a command of the caller's own. It inherits nothing but its time, as with the driver. */
export function runCommand(
  scope: Scope,
  command: Document,
  options: OperationOptions | undefined,
): Document | Promise<Document> {
  const given = optionsOf(scope, options)
  const alone = { ...scope, settings: DEFAULT_SETTINGS }
  const bson = inheritBson(DEFAULT_SETTINGS.bson, given, scope.core.errors)
  // Fields will be added, which the result of a spread takes badly (see `command_fields.ts`).
  const sent = Object.assign({}, copyIn(command, bson.in))
  addReadPreference(sent, alone, given)
  return executeOperation(scope.core, scope.db, sent, given, wholeReply, bson.out, 'command')
}

/**
 * Runs a command that changes the catalog. The driver forwards no comment with these.
 * @param command with the caller's values copied in
 */
export function runWrite<T>(
  scope: Scope,
  command: Document,
  options: CommandOptions | undefined,
  finish: (reply: Document) => T,
): T | Promise<T> {
  const given = optionsOf(scope, options)
  addWriteConcern(command, scope, given)
  addMaxTime(command, given)
  return executeOperation(scope.core, scope.db, command, given, finish, undefined)
}

/** Runs a command that reads something other than documents. As with `runWrite`, no comment. */
export function runRead<T>(
  scope: Scope,
  command: Document,
  options: CommandOptions | undefined,
  finish: (reply: Document) => T,
): T | Promise<T> {
  const given = optionsOf(scope, options)
  addMaxTime(command, given)
  addReadPreference(command, scope, given)
  return executeOperation(scope.core, scope.db, command, given, finish, undefined)
}

/** The reply as it came. */
export function wholeReply(reply: Document, out: CopyOutOptions | undefined): Document {
  return copyOut(reply, out)
}

export function succeeded(): true {
  return true
}
