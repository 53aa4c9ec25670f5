import { Long } from 'bson'
import { type Document, isDocument } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { MsgFlag } from './protocol.ts'
import type { Request } from './request.ts'

/**
 * Exhaust: a client asks once and is answered until there is no more.
 *
 * A getMore with the flag `exhaustAllowed` is repeated by ourselves for as long as its cursor
 * lives. Each reply but the last one says `moreToCome`, and each but the first answers the one
 * before: its `responseTo` is the `requestId` of that reply. Of other commands only a streaming
 * hello would go on like that, and ours does not stream; to them the flag means nothing.
 *
 * Source: makeExhaustMessage, session_workflow.cpp; getmore_cmd.cpp (8.0).
 */
export function followingRequest(
  request: Request,
  reply: Document,
  replyId: number,
): Request | undefined {
  const { command, flags } = request
  if ((flags & MsgFlag.exhaustAllowed) === 0 || command instanceof ServerError) return undefined
  if (!isGetMore(command) || reply['ok'] !== 1 || !leavesCursor(reply)) return undefined
  return { ...request, requestId: replyId }
}

function isGetMore(command: Document): boolean {
  for (const name in command) return name === 'getMore'
  return false
}

function leavesCursor({ cursor }: Document): boolean {
  return isDocument(cursor) && Long.isLong(cursor['id']) && !cursor['id'].isZero()
}

/** The cursor that goes when its reader has gone in the middle of the replies. */
export function cursorOf({ command }: Request): number | undefined {
  if (command instanceof ServerError) return undefined
  const id = command['getMore']
  return Long.isLong(id) ? id.toNumber() : undefined
}
