import type { Document } from 'bson'
import { type CopyOutOptions, copyIn, copyOut } from '../../bson/index.ts'
import { executeOperation } from '../execute_operation.ts'
import type { FindOneOptions, FindOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import type { BsonSettings } from '../settings.ts'
import { toSort } from '../sort.ts'
import {
  addCollation,
  addGeneric,
  addLet,
  addReadConcern,
  addReadPreference,
  bsonOf,
  copied,
  explained,
  isPlainFilter,
  optionsOf,
  toHint,
} from './command_fields.ts'

/** One document or null, without a cursor: the command asks for a single batch of one. */
export function findOne(
  scope: Scope,
  filter: Document | undefined,
  options: FindOneOptions | undefined,
): Document | null | Promise<Document | null> {
  const { core } = scope
  if (options === undefined && scope.settings.plain && isPlainFilter(filter)) {
    const command: Document = {
      find: scope.collection,
      filter: copyIn(filter, undefined, { ...filter }),
      limit: 1,
      singleBatch: true,
      $db: scope.db,
    }
    return executeOperation(core, scope.db, command, undefined, firstDocument, undefined)
  }
  const given: FindOptions = optionsOf(scope, options)
  const bson = bsonOf(scope, given)
  const command = findCommand(scope, filter, given, bson, 'one')
  return executeOperation(core, scope.db, command, given, firstDocument, bson.out)
}

function firstDocument(reply: Document, out: CopyOutOptions | undefined): Document | null {
  const document = reply['cursor'] === undefined ? reply : reply['cursor'].firstBatch[0]
  return document === undefined ? null : copyOut(document, out)
}

/** @param extent `one` asks for a single batch of one document, whatever the options say */
export function findCommand(
  scope: Scope,
  filter: Document | undefined = {},
  options: FindOptions,
  bson: BsonSettings,
  extent: 'one' | 'many',
): Document {
  const { errors } = scope.core
  if (typeof filter !== 'object' || Array.isArray(filter)) {
    throw new errors.MongoInvalidArgumentError('Query filter must be a plain object or ObjectId')
  }
  const command: Document = {
    find: scope.collection,
    filter: copied(filter?.['_bsontype'] === 'ObjectId' ? { _id: filter } : filter, bson),
  }
  const sort = toSort(options.sort, errors)
  if (sort !== undefined) command['sort'] = sort
  if (options.projection) command['projection'] = toProjection(options.projection)
  if (options.hint) command['hint'] = toHint(options.hint)
  if (extent === 'one') {
    if (typeof options.skip === 'number') command['skip'] = options.skip
    command['limit'] = 1
    command['singleBatch'] = true
  } else {
    addCounts(command, options)
    addFlag(command, 'singleBatch', options.singleBatch)
  }
  addFlags(command, options)
  if (options.max) command['max'] = copied(options.max, bson)
  if (options.min) command['min'] = copied(options.min, bson)
  addLet(command, options.let)
  addReadConcern(command, scope, options)
  addCollation(command, options)
  addGeneric(command, options)
  const wrapped = explained(command, options)
  addReadPreference(wrapped, scope, options)
  return wrapped
}

/** A list of field names includes those; an empty list, `_id` alone. */
function toProjection(projection: Document): Document {
  if (!Array.isArray(projection)) return copyIn(projection)
  if (projection.length === 0) return { _id: 1 }
  return Object.fromEntries(projection.map((field: string) => [field, 1]))
}

/** Negative counts are the old way to ask for a single batch. */
function addCounts(command: Document, options: FindOptions): void {
  const { skip, limit, batchSize } = options
  if (typeof skip === 'number') command['skip'] = skip
  if (typeof limit === 'number') {
    command['limit'] = Math.abs(limit)
    if (limit < 0) command['singleBatch'] = true
  }
  if (typeof batchSize === 'number') {
    if (batchSize < 0) command['limit'] = -batchSize
    // One more than the limit, so that the first batch closes the cursor.
    else command['batchSize'] = batchSize === limit ? batchSize + 1 : batchSize
  }
}

function addFlags(command: Document, options: FindOptions): void {
  addFlag(command, 'returnKey', options.returnKey)
  addFlag(command, 'showRecordId', options.showRecordId)
  addFlag(command, 'tailable', options.tailable)
  addFlag(command, 'awaitData', options.awaitData)
  addFlag(command, 'allowPartialResults', options.allowPartialResults)
  addFlag(command, 'allowDiskUse', options.allowDiskUse)
  if (typeof options.timeout === 'boolean') command['noCursorTimeout'] = !options.timeout
  else addFlag(command, 'noCursorTimeout', options.noCursorTimeout)
}

function addFlag(command: Document, name: string, value: boolean | undefined): void {
  if (typeof value === 'boolean') command[name] = value
}
