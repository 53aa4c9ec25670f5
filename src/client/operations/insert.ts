import type { Document } from 'bson'
import { copyIn, copyOut } from '../../bson/index.ts'
import type { ClientCore } from '../core.ts'
import { executeOperation } from '../execute_operation.ts'
import type { InsertOneOptions } from '../options.ts'
import { UNACKNOWLEDGED } from '../request.ts'
import type { Scope } from '../scope.ts'
import { addGeneric, addWriteConcern, bsonOf, optionsOf } from './command_fields.ts'

export interface InsertOneResult<Id = Document[string]> {
  /** False after a write with `w: 0`, of which nothing more is known. */
  acknowledged: boolean
  insertedId: Id
}

export function insertOne(
  scope: Scope,
  document: Document,
  options: InsertOneOptions | undefined,
): InsertOneResult | Promise<InsertOneResult> {
  const { core } = scope
  if (options === undefined && scope.settings.plain && !core.forceServerObjectId) {
    ensureId(core, document)
    const command: Document = {
      insert: scope.collection,
      documents: [idFirst(copyIn(document, undefined, { ...document }))],
      ordered: true,
      $db: scope.db,
    }
    return executeOperation(core, scope.db, command, undefined, inserted, document['_id'])
  }
  const given = optionsOf(scope, options)
  if (!forcesServerObjectId(core, given)) ensureId(core, document)
  const sent = idFirst(copyIn(document, bsonOf(scope, given).in, { ...document }))
  const command = insertCommand(scope, [sent], given)
  return executeOperation(core, scope.db, command, given, inserted, document['_id'])
}

/** An insert command for documents that are copied in already. */
export function insertCommand(
  scope: Scope,
  documents: readonly Document[],
  options: InsertOneOptions & { readonly ordered?: boolean },
): Document {
  const command: Document = {
    insert: scope.collection,
    documents,
    ordered: typeof options.ordered === 'boolean' ? options.ordered : true,
  }
  if (typeof options.bypassDocumentValidation === 'boolean') {
    command['bypassDocumentValidation'] = options.bypassDocumentValidation
  }
  addWriteConcern(command, scope, options)
  addGeneric(command, options)
  return command
}

export function forcesServerObjectId(core: ClientCore, options: InsertOneOptions): boolean {
  return options.forceServerObjectId ?? core.forceServerObjectId
}

/** Mints a missing `_id`, into the caller's own document. */
export function ensureId(core: ClientCore, document: Document): void {
  if (document['_id'] === undefined || document['_id'] === null) document['_id'] = core.mintId()
}

/** The server stores `_id` first; a document that was just copied may as well arrive like that. */
export function idFirst(document: Document): Document {
  for (const first in document) {
    if (first === '_id') return document
    break
  }
  return '_id' in document ? { _id: document['_id'], ...document } : document
}

function inserted(reply: Document, insertedId: unknown, core: ClientCore): InsertOneResult {
  throwFirstWriteError(reply, core)
  return { acknowledged: reply !== UNACKNOWLEDGED, insertedId }
}

/** A statement that failed alone in its command fails the operation. */
export function throwFirstWriteError(reply: Document, core: ClientCore): void {
  const { writeErrors } = reply
  if (writeErrors !== undefined) throw new core.errors.MongoServerError(copyOut(writeErrors[0]))
}
