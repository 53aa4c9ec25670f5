import { Long } from 'bson'
import { type Document, numberToDouble, typeNameOf } from '../../bson/index.ts'
import {
  type Batch,
  type EngineCursor,
  namespaceText,
  getMore as readOn,
  ServerError,
} from '../../engine/index.ts'
import { isOperation, type MaybeOperation, type Operation } from '../../sim/index.ts'
import { addReadTime, pinCursor, unpinCursor, waitsForData } from '../cursors.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { failAfterCheckout } from '../faults/cursor_checkout.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'

/** Source: getmore_cmd.cpp, getmore_command.idl (8.0). */
export const getMore = {
  name: 'getMore',
  target: 'cursor',
  secondaryAllowed: 'always',
  maintenanceOk: false,
  fields: {
    collection: types.string,
    batchSize: types.notNegative,
    maxTimeMS: types.safeInt,
    term: types.long,
  },
  required: ['collection'],
  allowedInTransaction: true,
  inApiVersion1: true,
  endsWithClient: true,
  profiledAs: 'getmore',
  run(invocation: Invocation): MaybeOperation<Document> {
    const { op, command, server } = invocation
    server.services.metrics.opcounters.getmore++
    const cursor = pinCursor(invocation, cursorIdOf(command['getMore']))
    const { batchSize, maxTimeMS } = command
    invocation.originatingCommand = cursor.originatingCommand
    failAtCheckout(invocation, cursor)
    let batch: MaybeOperation<Batch>
    try {
      const awaitDataMs = numberOf(maxTimeMS)
      if (awaitDataMs !== undefined && !waitsForData(cursor)) throw notAwaitData()
      batch = readOn(op, cursor, numberOf(batchSize), awaitDataMs)
    } catch (error) {
      throw failed(invocation, cursor, error)
    }
    if (isOperation(batch)) return replyLater(invocation, cursor, batch)
    return reply(invocation, cursor, batch)
  },
} as const satisfies CommandDescriptor

function failAtCheckout(invocation: Invocation, cursor: EngineCursor): void {
  const { failPoints, engine } = invocation.server
  try {
    failAfterCheckout(failPoints.failGetMoreAfterCursorCheckout, invocation, cursor.ns)
  } catch (error) {
    unpinCursor(invocation, cursor)
    engine.cursors.kill(cursor.id)
    throw error
  }
}

function* replyLater(
  invocation: Invocation,
  cursor: EngineCursor,
  operation: Operation<Batch>,
): Operation<Document> {
  let batch: Batch
  try {
    batch = yield* operation
  } catch (error) {
    throw failed(invocation, cursor, error)
  }
  return reply(invocation, cursor, batch)
}

function reply(invocation: Invocation, cursor: EngineCursor, batch: Batch): Document {
  const { debug } = invocation.op
  const { documents, rest, resumeToken } = batch
  unpinCursor(invocation, cursor)
  debug.nreturned = documents.length
  debug.cursorId = BigInt(cursor.id)
  debug.cursorExhausted = rest === undefined
  if (rest === undefined) invocation.server.engine.cursors.kill(cursor.id)
  const id = rest === undefined ? Long.ZERO : Long.fromNumber(cursor.id)
  const ns = namespaceText(cursor.ns)
  const next: Document =
    resumeToken === undefined
      ? { nextBatch: documents, id, ns }
      : { nextBatch: documents, postBatchResumeToken: resumeToken, id, ns }
  addReadTime(invocation, next)
  return { cursor: next, ok: 1 }
}

/** A cursor that failed is gone. */
function failed(invocation: Invocation, cursor: EngineCursor, error: unknown): unknown {
  unpinCursor(invocation, cursor)
  invocation.server.engine.cursors.kill(cursor.id)
  if (!(error instanceof ServerError) || error.code === 2) return error
  const message = `Executor error during getMore :: caused by :: ${error.message}`
  return new ServerError(error.code, message, error.extra)
}

function numberOf(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : numberToDouble(value)
}

function notAwaitData(): ServerError {
  return new ServerError(
    'BadValue',
    'cannot set maxTimeMS on getMore command for a non-awaitData cursor',
  )
}

function cursorIdOf(given: unknown): number {
  if (Long.isLong(given)) return given.toNumber()
  throw new ServerError(
    'TypeMismatch',
    `BSON field 'getMore.getMore' is the wrong type '${typeNameOf(given)}', expected type 'long'`,
  )
}
