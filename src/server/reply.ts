import { type Document, isDocument } from '../bson/index.ts'
import { labelsFor, type ServerError } from '../engine/index.ts'
import type { Invocation } from './invocation.ts'

/**
 * The reply to a command that failed before it was known what it is.
 * Field order: generateErrorResponse, service_entry_point_shard_role.cpp (8.0).
 */
export function errorReply(error: ServerError, extra?: Document): Document {
  const { message, code, codeName } = error
  return { ...extra, ok: 0, errmsg: message, code, codeName, ...error.extra }
}

/** The reply to a command that failed, with its labels. */
export function failedReply(
  invocation: Invocation,
  error: ServerError,
  writeConcernError: Document | undefined,
): Document {
  const extra: Document = {}
  if (writeConcernError !== undefined) extra['writeConcernError'] = writeConcernError
  const labels = labelsOf(invocation, error.code, writeConcernError)
  if (labels.length > 0) extra['errorLabels'] = labels
  return errorReply(error, extra)
}

/**
 * Adds a write concern error to a reply, before its `ok`, and the labels it calls for after it.
 */
export function withWriteConcernError(
  invocation: Invocation,
  reply: Document,
  writeConcernError: Document,
): Document {
  const { ok, ...body } = reply
  const changed: Document = { ...body, writeConcernError, ok }
  const labels = labelsOf(invocation, undefined, writeConcernError)
  if (labels.length > 0) changed['errorLabels'] = labels
  return changed
}

function labelsOf(
  invocation: Invocation,
  code: number | undefined,
  writeConcernError: Document | undefined,
): readonly string[] {
  const { errorLabels, connection } = invocation
  if (errorLabels !== undefined) return errorLabels
  return labelsFor({
    commandName: invocation.descriptor.name,
    inTransaction: invocation.inTransaction,
    isRetryableWrite: invocation.isRetryableWrite,
    code,
    writeConcernErrorCode: writeConcernError?.['code'] as number | undefined,
    // Known only where this connection wrote before, so that there is a time to compare with.
    isChangeStream: isChangeStream(invocation),
    wroteNothing: invocation.stage === 'running' && connection.hasWritten && !invocation.wrote,
  })
}

/** Whether a command opens a change stream, or reads one. */
function isChangeStream({ command, originatingCommand = command }: Invocation): boolean {
  const { pipeline } = originatingCommand
  const [first] = Array.isArray(pipeline) ? pipeline : []
  return isDocument(first) && '$changeStream' in first
}
