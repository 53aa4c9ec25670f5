import type { Document } from 'bson'
import { type CopyOutOptions, copyOut, copyValueOut } from '../../bson/index.ts'
import { executeOperation } from '../execute_operation.ts'
import type { DistinctOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import {
  addCollation,
  addGeneric,
  addReadConcern,
  addReadPreference,
  bsonOf,
  copied,
  explained,
  optionsOf,
  toHint,
} from './command_fields.ts'

/** @returns the values of a field; the plan where the options ask for that */
export function distinct(
  scope: Scope,
  key: string,
  query: Document,
  options: DistinctOptions | undefined,
): unknown {
  const given: DistinctOptions = optionsOf(scope, options)
  const bson = bsonOf(scope, given)
  const command: Document = { distinct: scope.collection, key, query: copied(query, bson) }
  if (given.hint !== undefined) command['hint'] = toHint(given.hint)
  addReadConcern(command, scope, given)
  addCollation(command, given)
  addGeneric(command, given)
  const wrapped = explained(command, given)
  addReadPreference(wrapped, scope, given)
  return executeOperation(scope.core, scope.db, wrapped, given, valuesOf, bson.out)
}

function valuesOf(reply: Document, out: CopyOutOptions | undefined): unknown {
  if (reply['values'] === undefined) return copyOut(reply, out)
  return copyValueOut(reply['values'], out)
}
