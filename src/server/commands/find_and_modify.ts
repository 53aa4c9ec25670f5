import { canonicalText, type Document } from '../../bson/index.ts'
import {
  type FindAndModifyOutcome,
  type FindAndModifyRequest,
  findAndModify as run,
  ServerError,
} from '../../engine/index.ts'
import { isOperation, type MaybeOperation, type Operation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { arrayOf, types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'
import { collationOf, declareLet } from '../terms.ts'
import { isTrue } from '../truth.ts'
import { checkWrites, statementId } from '../write_batch.ts'

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
    const replayed = invocation.isRetryableWrite ? replay(invocation, request) : undefined
    if (replayed !== undefined) return replayed
    const outcome = run(op, ns, request)
    if (isOperation(outcome)) return replyLater(invocation, request, outcome)
    return reply(invocation, request, outcome)
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
  request: FindAndModifyRequest,
  operation: Operation<FindAndModifyOutcome>,
): Operation<Document> {
  return reply(invocation, request, yield* operation)
}

function reply(
  invocation: Invocation,
  request: FindAndModifyRequest,
  outcome: FindAndModifyOutcome,
): Document {
  const { value, n, updatedExisting, upserted } = outcome
  const lastErrorObject: Document = { n }
  if (updatedExisting !== undefined) lastErrorObject['updatedExisting'] = updatedExisting
  if (upserted !== undefined) lastErrorObject['upserted'] = upserted.id
  if (n > 0) {
    invocation.wrote = !invocation.inTransaction
    if (invocation.isRetryableWrite) {
      remember(invocation, {
        kind: kindOf(request, outcome),
        new: request.new,
        lastErrorObject,
        value,
      })
    }
  }
  return { lastErrorObject, value, ok: 1 }
}

const kindOf = (request: FindAndModifyRequest, outcome: FindAndModifyOutcome): string => {
  if (request.remove === true) return 'd'
  return outcome.upserted === undefined ? 'u' : 'i'
}

function remember({ session, command }: Invocation, record: Document): void {
  session!.participant.recordStatement(statementId(command, 0), record)
  session!.participant.countSessionWrites(1)
}

/**
 * The answer to a retry of what was done before: the image that was stored then.
 * Source: `validateFindAndModifyRetryability`, write_ops_retryability.cpp (8.0)
 *
 * @throws ServerError 40606 to 40612 where the retry asks for something else
 */
function replay(invocation: Invocation, request: FindAndModifyRequest): Document | undefined {
  const { session, command, server } = invocation
  const stmtId = statementId(command, 0)
  const record = session!.participant.findStatement(stmtId)
  if (record === undefined) return undefined
  checkSame(command, request, record)
  const { transactions } = server.services.metrics
  transactions.retriedCommandsCount++
  transactions.retriedStatementsCount++
  const { lastErrorObject, value } = record
  return { lastErrorObject, value, retriedStmtId: stmtId, ok: 1 }
}

function checkSame(command: Document, request: FindAndModifyRequest, record: Document): void {
  const { kind } = record
  const retry = `findAndModify retry request: ${canonicalText(command)}`
  const other = `${retry} is not compatible with previous write in the transaction of type: ${kind}`
  if (kind === 'd' && request.remove !== true) throw new ServerError(40606, other)
  if (kind === 'i' && request.upsert !== true) throw new ServerError(40608, other)
  if (kind === 'u' && request.remove === true) throw new ServerError(40609, other)
  if (kind !== 'u' || record['new'] === request.new) return
  throw request.new === true
    ? new ServerError(
        40611,
        `${retry} wants the document after update returned, but only before document is stored`,
      )
    : new ServerError(
        40612,
        `${retry} wants the document before update returned, but only after document is stored`,
      )
}
