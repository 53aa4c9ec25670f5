import type { Document } from 'bson'
import { executeOperation } from '../execute_operation.ts'
import type { CommandOptions, CountDocumentsOptions, Hint } from '../options.ts'
import type { Scope } from '../scope.ts'
import {
  addGeneric,
  addReadConcern,
  addReadPreference,
  bsonOf,
  copied,
  optionsOf,
  toHint,
} from './command_fields.ts'

/** The pipeline that counts what a filter finds; `count` itself is refused in transactions. */
export function countPipeline(filter: Document, options: CountDocumentsOptions): Document[] {
  const pipeline: Document[] = [{ $match: filter }]
  if (typeof options.skip === 'number') pipeline.push({ $skip: options.skip })
  if (typeof options.limit === 'number') pipeline.push({ $limit: options.limit })
  pipeline.push({ $group: { _id: 1, n: { $sum: 1 } } })
  return pipeline
}

export interface CountOptions extends CommandOptions {
  limit?: number
  skip?: number
  hint?: Hint
}

/** The count command: without a filter, from the collection's metadata. */
export function count(
  scope: Scope,
  query: Document | undefined,
  options: CountOptions | undefined,
): number | Promise<number> {
  const given: CountOptions = optionsOf(scope, options)
  const command: Document = { count: scope.collection }
  if (query !== undefined) {
    command['query'] = copied(query, bsonOf(scope, given))
    if (typeof given.limit === 'number') command['limit'] = given.limit
    if (typeof given.skip === 'number') command['skip'] = given.skip
    if (given.hint !== undefined) command['hint'] = toHint(given.hint)
  }
  addReadConcern(command, scope, given)
  addGeneric(command, given)
  addReadPreference(command, scope, given)
  return executeOperation(scope.core, scope.db, command, given, counted, undefined)
}

function counted(reply: Document): number {
  return Number(reply['n'] ?? 0)
}
