import type { Document } from 'bson'
import type { AggregateOptions, CommandOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import type { BsonSettings } from '../settings.ts'
import {
  addCollation,
  addGeneric,
  addLet,
  addReadConcern,
  addReadPreference,
  addWriteConcern,
  copied,
  explained,
  toHint,
} from './command_fields.ts'

export function aggregateCommand(
  scope: Scope,
  pipeline: readonly Document[],
  options: AggregateOptions,
  bson: BsonSettings,
): Document {
  const { errors } = scope.core
  if (options.cursor !== undefined && typeof options.cursor !== 'object') {
    throw new errors.MongoInvalidArgumentError('Cursor options must be an object')
  }
  const stages = typeof options.out === 'string' ? [...pipeline, { $out: options.out }] : pipeline
  const last = stages.at(-1)
  const writes = last !== undefined && (last['$out'] !== undefined || last['$merge'] !== undefined)
  const command: Document = {
    // 1 stands for the database itself.
    aggregate: scope.collection === '' ? 1 : scope.collection,
    pipeline: copied(stages, bson),
  }
  if (options.bypassDocumentValidation === true) command['bypassDocumentValidation'] = true
  if (typeof options.allowDiskUse === 'boolean') command['allowDiskUse'] = options.allowDiskUse
  if (options.hint) command['hint'] = toHint(options.hint)
  addLet(command, options.let)
  const batchSize = writes ? undefined : options.batchSize
  command['cursor'] = copied({ ...options.cursor, ...(batchSize && { batchSize }) }, bson)
  addReadConcern(command, scope, options)
  if (writes) addWriteConcern(command, scope, options as CommandOptions)
  addCollation(command, options)
  addGeneric(command, options)
  const wrapped = explained(command, options)
  addReadPreference(wrapped, scope, options)
  return wrapped
}
