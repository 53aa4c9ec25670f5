/** Commands that create, rename and drop. */
import type { Document } from 'bson'
import { copyValueIn } from '../../bson/index.ts'
import { CODES, hasCode } from '../error_checks.ts'
import type { CommandOptions, CreateCollectionOptions, RenameOptions } from '../options.ts'
import { namespaceOf, type Scope } from '../scope.ts'
import { DEFAULT_SETTINGS } from '../settings.ts'
import { runWrite, succeeded } from './run_command.ts'

/** Options of `createCollection` that are the client's own, or that `runWrite` adds. */
const NOT_SENT: ReadonlySet<string> = new Set([
  ...['session', 'signal', 'readPreference', 'readConcern', 'writeConcern', 'maxTimeMS'],
  ...['timeoutMS', 'explain', 'ignoreUndefined', 'serializeFunctions', 'promoteValues'],
  ...['promoteLongs', 'promoteBuffers', 'bsonRegExp', 'useBigInt64'],
])

export function createCollection(
  scope: Scope,
  options: CreateCollectionOptions | undefined,
): true | Promise<true> {
  const command: Document = { create: scope.collection }
  for (const [name, value] of Object.entries(options ?? {})) {
    if (value === undefined || value === null || typeof value === 'function') continue
    if (!NOT_SENT.has(name)) command[name] = copyValueIn(value)
  }
  return runWrite(scope, command, options, succeeded)
}

/** @returns false where there was no such collection, for servers older than 7.0 that say so */
export async function dropCollection(
  scope: Scope,
  options: CommandOptions | undefined,
): Promise<boolean> {
  return await dropUnlessMissing(scope, { drop: scope.collection }, options)
}

export async function dropAllIndexes(
  scope: Scope,
  options: CommandOptions | undefined,
): Promise<boolean> {
  return await dropUnlessMissing(scope, { dropIndexes: scope.collection, index: '*' }, options)
}

async function dropUnlessMissing(
  scope: Scope,
  command: Document,
  options: CommandOptions | undefined,
): Promise<boolean> {
  try {
    return await runWrite(scope, command, options, succeeded)
  } catch (error) {
    if (hasCode(error, CODES.NamespaceNotFound)) return false
    throw error
  }
}

/** Renames within the database. Inherits nothing, as with the driver. */
export function renameCollection(
  scope: Scope,
  to: string,
  options: RenameOptions | undefined,
): true | Promise<true> {
  const command = {
    renameCollection: namespaceOf(scope),
    to: namespaceOf({ ...scope, collection: to }),
    dropTarget: options?.dropTarget === true,
  }
  return runWrite(
    { ...scope, db: 'admin', settings: DEFAULT_SETTINGS },
    command,
    options,
    succeeded,
  )
}
