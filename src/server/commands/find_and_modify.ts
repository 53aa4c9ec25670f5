import { canonicalText, type Document } from '../../bson/index.ts'
import {
  type FindAndModifyOutcome,
  type FindAndModifyRequest,
  findAndModify as run,
  ServerError,
  type StatementEntry,
} from '../../engine/index.ts'
import { isOperation, type MaybeOperation, type Operation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { arrayOf, types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { countRetried, findDone, statementId } from '../retries.ts'
import { collationOf, declareLet } from '../terms.ts'
import { isTrue } from '../truth.ts'
import { checkWrites } from '../write_batch.ts'

/** Source: find_and_modify_command.idl, find_and_modify.cpp (8.0). */
export const findAndModify = {
  name: 'findAndModify',
  aliases: ['findandmodify'],
  target: 'collection',
  fields: {
    query: types.object,
    fields: types.object,
    sort: types.object,
    hint: types.hint,
    collation: types.object,
    arrayFilters: arrayOf(),
    remove: types.safeBool,
    update: types.updateModification,
    upsert: types.safeBool,
    new: types.safeBool,
    bypassDocumentValidation: types.safeBool,
    let: types.object,
  },
  allowedInTransaction: true,
  isRetryableWrite: true,
  inApiVersion1: true,
  supportsWriteConcern: true,
  countsAsCommand: true,
  profiledAs: 'command',
  writes: true,
  run(invocation: Invocation): MaybeOperation<Document> {
    const { op, ns, command } = invocation
    checkWrites(invocation, 1, { system: 50781, unreplicated: 50777 })
    declareLet(invocation)
    const request = requestOf(command)
    if (invocation.isRetryableWrite) {
      const replayed = replay(invocation, request)
      if (replayed !== undefined) return replayed
      op.writeLog!.image = request.new === true ? 'postImage' : 'preImage'
    }
    const outcome = run(op, ns, request)
    if (isOperation(outcome)) return replyLater(invocation, outcome)
    return reply(invocation, outcome)
  },
} as const satisfies CommandDescriptor

function requestOf(command: Document): FindAndModifyRequest {
  return {
    query: (command['query'] as Document | null | undefined) ?? {},
    update: (command['update'] as Document | undefined) ?? undefined,
    remove: isTrue(command['remove']),
    new: isTrue(command['new']),
    fields: (command['fields'] as Document | null | undefined) ?? undefined,
    sort: (command['sort'] as Document | null | undefined) ?? undefined,
    upsert: isTrue(command['upsert']),
    arrayFilters: (command['arrayFilters'] as Document[] | null | undefined) ?? undefined,
    hint: command['hint'],
    collation: collationOf(command),
  }
}

function* replyLater(
  invocation: Invocation,
  operation: Operation<FindAndModifyOutcome>,
): Operation<Document> {
  return reply(invocation, yield* operation)
}

function reply(invocation: Invocation, outcome: FindAndModifyOutcome): Document {
  const { value, n, updatedExisting, upserted } = outcome
  const lastErrorObject: Document = { n }
  if (updatedExisting !== undefined) lastErrorObject['updatedExisting'] = updatedExisting
  if (upserted !== undefined) lastErrorObject['upserted'] = upserted.id
  if (n > 0) invocation.wrote = !invocation.inTransaction
  return { lastErrorObject, value, ok: 1 }
}

/**
 * The answer to a retry of what was done before: the image that was kept then, as it was, whatever
 * `fields` says. Source: write_ops_retryability.cpp (8.0)
 *
 * @throws ServerError 40606 to 40612 where the retry asks for something else
 */
function replay(invocation: Invocation, request: FindAndModifyRequest): Document | undefined {
  const { session, command } = invocation
  const stmtId = statementId(command, 0)
  const done = findDone(invocation, stmtId)
  if (done === undefined) return undefined
  checkSame(command, request, done)
  countRetried(invocation, 1, true)
  const { history } = session!.participant
  const { inserted, op } = done
  const lastErrorObject: Document = { n: 1 }
  if (op !== 'd') lastErrorObject['updatedExisting'] = op === 'u'
  if (inserted === undefined) {
    return { lastErrorObject, value: history.image(done), retriedStmtId: stmtId, ok: 1 }
  }
  lastErrorObject['upserted'] = inserted['_id']
  const value = request.new === true ? inserted : null
  return { lastErrorObject, value, retriedStmtId: stmtId, ok: 1 }
}

/** Source: `validateFindAndModifyRetryability`. */
function checkSame(command: Document, request: FindAndModifyRequest, done: StatementEntry): void {
  const { op, image, time } = done
  const retry = `findAndModify retry request: ${canonicalText(command)}`
  const at = `oplogTs: Timestamp(${time.t}, ${time.i})`
  const other = `${retry} is not compatible with previous write in the transaction of type: ${op}, ${at}`
  if (op === 'd' && request.remove !== true) throw new ServerError(40606, other)
  if (op === 'i' && request.upsert !== true) throw new ServerError(40608, other)
  if (op === 'u' && request.remove === true) throw new ServerError(40609, other)
  if (op === 'd' && image === undefined) {
    const message = `No pre-image available for findAndModify retry request:${canonicalText(command)}`
    throw new ServerError(40607, message)
  }
  if (op !== 'u') return
  if (request.new === true && image !== 'postImage') {
    throw new ServerError(
      40611,
      `${retry} wants the document after update returned, but only before update document is stored, ${at}`,
    )
  }
  if (request.new !== true && image !== 'preImage') {
    throw new ServerError(
      40612,
      `${retry} wants the document before update returned, but only after update document is stored, ${at}`,
    )
  }
}
