import type { Document } from 'bson'
import { type CopyOutOptions, copyIn, copyOut } from '../../bson/index.ts'
import { executeOperation } from '../execute_operation.ts'
import type { FindOneOptions, FindOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import { toSort } from '../sort.ts'
import {
  addCollation,
  addGeneric,
  addReadConcern,
  addReadPreference,
  bsonOf,
  copyCommand,
  explained,
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
      filter: copyIn(filter),
      limit: 1,
      singleBatch: true,
      $db: scope.db,
    }
    return executeOperation(core, scope.db, command, undefined, firstDocument, undefined)
  }
  const given = { ...options, limit: 1, singleBatch: true }
  const bson = bsonOf(scope, given)
  const sent = copyCommand(findCommand(scope, filter, given), bson)
  return executeOperation(core, scope.db, sent, given, firstDocument, bson.out)
}

function isPlainFilter(filter: Document | undefined): filter is Document {
  return (
    typeof filter === 'object' &&
    filter !== null &&
    !Array.isArray(filter) &&
    filter['_bsontype'] === undefined
  )
}

function firstDocument(reply: Document, out: CopyOutOptions | undefined): Document | null {
  const document = reply['cursor'] === undefined ? reply : reply['cursor'].firstBatch[0]
  return document === undefined ? null : copyOut(document, out)
}

/** A find command as given, not copied in yet. */
export function findCommand(
  scope: Scope,
  filter: Document | undefined,
  options: FindOptions,
): Document {
  const { errors } = scope.core
  if (filter !== undefined && (typeof filter !== 'object' || Array.isArray(filter))) {
    throw new errors.MongoInvalidArgumentError('Query filter must be a plain object or ObjectId')
  }
  const command: Document = {
    find: scope.collection,
    filter: filter?.['_bsontype'] === 'ObjectId' ? { _id: filter } : (filter ?? {}),
  }
  const sort = toSort(options.sort, errors)
  if (sort !== undefined) command['sort'] = sort
  if (options.projection) command['projection'] = toProjection(options.projection)
  if (options.hint) command['hint'] = toHint(options.hint)
  addCounts(command, options)
  addFlags(command, options)
  if (options.max) command['max'] = options.max
  if (options.min) command['min'] = options.min
  if (options.let) command['let'] = options.let
  addReadConcern(command, scope, options)
  addCollation(command, options)
  addGeneric(command, options)
  const wrapped = explained(command, options)
  addReadPreference(wrapped, scope, options)
  return wrapped
}

/** A list of field names includes those; an empty list, `_id` alone. */
function toProjection(projection: Document): Document {
  if (!Array.isArray(projection)) return projection
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

const FLAGS = [
  'singleBatch',
  'returnKey',
  'showRecordId',
  'tailable',
  'awaitData',
  'allowPartialResults',
  'allowDiskUse',
] as const

function addFlags(command: Document, options: FindOptions): void {
  for (const flag of FLAGS) {
    if (typeof options[flag] === 'boolean') command[flag] = options[flag]
  }
  if (typeof options.timeout === 'boolean') command['noCursorTimeout'] = !options.timeout
  else if (typeof options.noCursorTimeout === 'boolean') {
    command['noCursorTimeout'] = options.noCursorTimeout
  }
}
