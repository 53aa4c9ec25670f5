/** `client.bulkWrite`: operations on many collections, by the server's `bulkWrite` command. */
import type { Document } from 'bson'
import { copyIn, copyOut, sizeOf } from '../../bson/index.ts'
import { type CursorOwner, ServerCursor } from '../cursor/server_cursor.ts'
import { isMongoError } from '../error_checks.ts'
import { executeOperation } from '../execute_operation.ts'
import {
  addGeneric,
  addLet,
  addWriteConcern,
  bsonOf,
  optionsOf,
  writeConcernOf,
} from '../operations/command_fields.ts'
import { ensureId, idFirst } from '../operations/insert.ts'
import type { Scope } from '../scope.ts'
import { budgetOf } from '../time_budget.ts'
import { MAX_BYTES, MAX_STATEMENTS } from './batches.ts'
import type { ClientBulkWriteResult } from './client_bulk_write_result.ts'
import {
  type AnyClientBulkWriteModel,
  type ClientBulkWriteOptions,
  toClientOperation,
} from './client_models.ts'
import { ClientBulkTally } from './client_tally.ts'

/** `maxMessageSizeBytes` as the server's `hello` gives it, less what surrounds the operations. */
const MAX_MESSAGE_BYTES = 48_000_000 - 1000

/** One `bulkWrite` command's share of the models. */
interface Chunk {
  /** The place of its first model among all. */
  readonly offset: number
  readonly ops: Document[]
  readonly nsInfo: Document[]
}

/**
 * @throws MongoClientBulkWriteError where an operation failed, with what was done before or despite
 */
export async function clientBulkWrite(
  scope: Scope,
  models: readonly AnyClientBulkWriteModel[],
  given: ClientBulkWriteOptions | undefined,
): Promise<ClientBulkWriteResult> {
  const { errors } = scope.core
  if (models.length === 0) {
    throw new errors.MongoClientBulkWriteExecutionError(
      'No client bulk write models were provided.',
    )
  }
  // One budget for all commands.
  const budget = budgetOf(scope.core, optionsOf(scope, given))
  const options: ClientBulkWriteOptions = {
    ordered: true,
    verboseResults: false,
    ...given,
    ...(budget !== undefined && { budget }),
  }
  const unacknowledged = isUnacknowledged(scope, options)
  const tally = new ClientBulkTally(errors, options)
  for (let offset = 0; offset < models.length; ) {
    const chunk = collect(scope, models, offset, options)
    offset += chunk.ops.length
    const command = commandOf(scope, chunk, options)
    if (unacknowledged) {
      await executeOperation(scope.core, 'admin', command, options, () => undefined, undefined)
    } else {
      await runChunk(scope, chunk, command, options, tally)
    }
  }
  if (unacknowledged) return { ...tally.result(), acknowledged: false }
  tally.throwIfFailed()
  return tally.result()
}

function isUnacknowledged(scope: Scope, options: ClientBulkWriteOptions): boolean {
  const { errors } = scope.core
  if (writeConcernOf(scope, options)?.w !== 0) return false
  const refuse = (what: string) =>
    new errors.MongoInvalidArgumentError(`Cannot request unacknowledged write concern and ${what}`)
  if (options.verboseResults) throw refuse('verbose results')
  if (options.ordered) throw refuse('ordered writes')
  return true
}

/** As many models as one command takes, from `offset` on. */
function collect(
  scope: Scope,
  models: readonly AnyClientBulkWriteModel[],
  offset: number,
  options: ClientBulkWriteOptions,
): Chunk {
  const { core } = scope
  const bson = bsonOf(scope, options)
  const namespaces = new Map<string, number>()
  const chunk: Chunk = { offset, ops: [], nsInfo: [] }
  let bytes = 0
  for (let index = offset; index < models.length; index++) {
    const model = models[index] as AnyClientBulkWriteModel
    const known = namespaces.get(model.namespace)
    if (model.name === 'insertOne') ensureId(core, model.document)
    const operation = toClientOperation(core.errors, model, known ?? namespaces.size)
    const sent = copyIn(operation, bson.in) as Document
    if (model.name === 'insertOne') sent['document'] = idFirst(sent['document'])
    const sizeBytes = sizeOf(sent)
    if (sizeBytes > MAX_BYTES) {
      throw new core.errors.MongoInvalidArgumentError(
        `Client bulk write operation ops of length ${sizeBytes} ` +
          `exceeds the max bson object size of ${MAX_BYTES}`,
      )
    }
    bytes += sizeBytes + (known === undefined ? sizeOf({ ns: model.namespace }) : 0)
    const isFull = bytes >= MAX_MESSAGE_BYTES || chunk.ops.length >= MAX_STATEMENTS
    if (isFull && chunk.ops.length > 0) break
    if (known === undefined) {
      namespaces.set(model.namespace, namespaces.size)
      chunk.nsInfo.push({ ns: model.namespace })
    }
    chunk.ops.push(sent)
  }
  return chunk
}

function commandOf(scope: Scope, chunk: Chunk, options: ClientBulkWriteOptions): Document {
  const command: Document = {
    bulkWrite: 1,
    errorsOnly: !options.verboseResults,
    ordered: options.ordered,
    ops: chunk.ops,
    nsInfo: chunk.nsInfo,
    bypassDocumentValidation: options.bypassDocumentValidation === true,
  }
  addLet(command, options.let)
  addWriteConcern(command, scope, options)
  addGeneric(command, options)
  return command
}

/** Runs one command and reads all of its results. */
async function runChunk(
  scope: Scope,
  chunk: Chunk,
  command: Document,
  options: ClientBulkWriteOptions,
  tally: ClientBulkTally,
): Promise<void> {
  const take = (result: Document) => {
    const { idx } = result
    tally.addResult(chunk.ops[idx] as Document, chunk.offset + idx, copyOut(result))
  }
  const owner: CursorOwner = {
    observe: (_, reply) => tally.addReply(reply),
    finished: () => undefined,
  }
  const cursor = new ServerCursor({ ...scope, db: 'admin' }, options, owner)
  try {
    await cursor.open(command)
    for (;;) {
      while (cursor.buffered > 0) take(cursor.take())
      if (cursor.finished) return
      await cursor.getMore(options.comment === undefined ? {} : { comment: options.comment })
    }
  } catch (error) {
    if (!isMongoError(error) || !('errorResponse' in error)) throw error
    if (error.name === 'MongoClientBulkWriteError') {
      await cursor.close()
      throw error
    }
    if (error.name !== 'MongoWriteConcernError') {
      throw tally.failure('Mongo client bulk write encountered an error during execution', error)
    }
    const { result: reply } = error as unknown as { result: Document }
    tally.addWriteConcernError(reply)
    for (const result of (reply['cursor']?.firstBatch ?? []) as readonly Document[]) take(result)
  }
}
