import { Long } from 'bson'
import type { Document } from '../bson/index.ts'
import {
  type Batch,
  type CursorSource,
  cursorNotFound,
  type EngineCursor,
  type Namespace,
  namespaceText,
  ServerError,
} from '../engine/index.ts'
import type { Invocation } from './invocation.ts'
import { isTrue } from './truth.ts'

/**
 * Opens a cursor for what is left of a query, and answers its id; zero where nothing is left.
 *
 * A cursor belongs to the session and transaction that opened it. Only one without a session dies
 * of old age; the others live as long as their session. Source: cursor_manager.cpp (8.0).
 */
export function openCursor(
  invocation: Invocation,
  rest: CursorSource | undefined,
  options: { readonly noTimeout: boolean; readonly ns?: Namespace },
): Long {
  if (rest === undefined) return Long.ZERO
  const { server, session, op, command } = invocation
  const cursor = server.engine.cursors.register({
    ns: options.ns ?? invocation.shownNs,
    origin: {
      session: session?.id.key,
      txnNumber: invocation.inTransaction ? invocation.options?.txnNumber : undefined,
      owner: invocation.connection.authorization.sessionOwner.name,
    },
    source: rest,
    noTimeout: options.noTimeout || session !== undefined,
    originatingCommand: command,
    readAt: op.readAt,
  })
  if (Number.isFinite(op.deadlineUs)) leftoverUs.set(cursor, op.deadlineUs - op.clock.nowUs())
  return Long.fromNumber(cursor.id)
}

/** What a query answers: its first batch, and a cursor for the rest. */
export function firstBatchReply(
  { documents, rest, resumeToken }: Batch,
  invocation: Invocation,
): Document {
  const { debug } = invocation.op
  debug.nreturned = documents.length
  const noTimeout = rest !== undefined && isTrue(invocation.command['noCursorTimeout'])
  const id = openCursor(invocation, rest, { noTimeout })
  if (rest === undefined) debug.cursorExhausted = true
  else debug.cursorId = id.toBigInt()
  const ns = namespaceText(invocation.shownNs)
  const cursor: Document =
    resumeToken === undefined
      ? { firstBatch: documents, id, ns }
      : { firstBatch: documents, postBatchResumeToken: resumeToken, id, ns }
  addReadTime(invocation, cursor)
  return { cursor, ok: 1 }
}

/** A read of a snapshot outside of transactions tells which. Source: cursor_response.cpp (8.0) */
export function addReadTime({ op }: Invocation, reply: Document): void {
  if (op.readAt !== undefined) reply['atClusterTime'] = op.readAt
}

/** Whether its getMores wait for somebody to insert. */
export function waitsForData({ source }: EngineCursor): boolean {
  return (
    source.kind === 'changes' || (source.kind === 'plan' && source.executor.tail === 'awaitData')
  )
}

/** What is left of `maxTimeMS` of the query that a cursor came from, for all getMores together. */
const leftoverUs = new WeakMap<EngineCursor, number>()

/** Pins a cursor for a getMore. @throws ServerError 43, 13, 12051, 50736 to 50741 */
export function pinCursor(invocation: Invocation, id: number): EngineCursor {
  const { server, ns, op } = invocation
  const cursor = server.engine.cursors.get(id)
  if (cursor === undefined) throw cursorNotFound(id)
  checkOwner(invocation, cursor)
  if (cursor.ns.db !== ns.db || cursor.ns.coll !== ns.coll) {
    throw new ServerError(
      'Unauthorized',
      `Requested getMore on namespace '${namespaceText(ns)}', but cursor belongs to a different namespace ${namespaceText(cursor.ns)}`,
    )
  }
  if (cursor.reader !== undefined) throw new ServerError(12051, `cursor id ${id} is already in use`)
  checkSession(invocation, cursor)
  checkTransaction(invocation, cursor)
  // Where it waits for data, maxTimeMS says for how long.
  const leftUs = waitsForData(cursor) ? undefined : leftoverUs.get(cursor)
  if (leftUs !== undefined) op.deadlineUs = op.startedUs + leftUs
  cursor.reader = op
  op.readAt = cursor.readAt
  return cursor
}

export function unpinCursor(invocation: Invocation, cursor: EngineCursor): void {
  const { op } = invocation
  cursor.reader = undefined
  cursor.lastUsedUs = op.clock.nowUs()
  if (Number.isFinite(op.deadlineUs)) leftoverUs.set(cursor, op.deadlineUs - op.clock.nowUs())
}

/** Source: `validateAuthorization`, getmore_cmd.cpp (8.0) */
function checkOwner({ connection }: Invocation, { id, origin }: EngineCursor): void {
  const { authorization } = connection
  if (!authorization.isEnforced || authorization.sessionOwner.name === origin.owner) return
  throw new ServerError('Unauthorized', `cursor id ${id} was not created by the authenticated user`)
}

/** Source: `validateLSID`, getmore_cmd.cpp (8.0) */
function checkSession(invocation: Invocation, cursor: EngineCursor): void {
  const { session, server } = invocation
  const { origin, id } = cursor
  if (session === undefined && origin.session === undefined) return
  if (session === undefined) {
    const owner = sessionText(server.sessions.findByKey(origin.session!)?.id.text)
    throw new ServerError(
      50737,
      `Cannot run getMore on cursor ${id}, which was created in session ${owner}, without an lsid`,
    )
  }
  if (origin.session === undefined) {
    throw new ServerError(
      50736,
      `Cannot run getMore on cursor ${id}, which was not created in a session, in session ${session.id.text}`,
    )
  }
  if (origin.session === session.id.key) return
  const owner = sessionText(server.sessions.findByKey(origin.session)?.id.text)
  throw new ServerError(
    50738,
    `Cannot run getMore on cursor ${id}, which was created in session ${owner}, in session ${session.id.text}`,
  )
}

const sessionText = (text: string | undefined): string => text ?? 'a session that has ended'

/** Source: `validateTxnNumber`, getmore_cmd.cpp (8.0) */
function checkTransaction(invocation: Invocation, cursor: EngineCursor): void {
  const txnNumber = invocation.options?.txnNumber
  const created = cursor.origin.txnNumber
  if (txnNumber === created) return
  const which = `Cannot run getMore on cursor ${cursor.id}, which was`
  if (created === undefined) {
    throw new ServerError(
      50739,
      `${which} not created in a transaction, in transaction ${txnNumber}`,
    )
  }
  throw txnNumber === undefined
    ? new ServerError(50740, `${which} created in transaction ${created}, without a txnNumber`)
    : new ServerError(
        50741,
        `${which} created in transaction ${created}, in transaction ${txnNumber}`,
      )
}

/**
 * The first batch of a list that the command made beforehand, with a cursor for the rest.
 *
 * @param batchSize nothing: all of it
 */
export function listReply(
  invocation: Invocation,
  ns: Namespace,
  documents: readonly Document[],
  batchSize: number | undefined,
): Document {
  const size = batchSize ?? documents.length
  const firstBatch = documents.slice(0, size)
  const rest: CursorSource | undefined =
    size >= documents.length ? undefined : { kind: 'documents', documents, at: size }
  const id = openCursor(invocation, rest, { noTimeout: false, ns })
  return { cursor: { id, ns: namespaceText(ns), firstBatch }, ok: 1 }
}
