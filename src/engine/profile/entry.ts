import { Long } from 'bson'
import { canonicalText, type Document, isInt32, sizeOf } from '../../bson/index.ts'
import type { ServerError } from '../errors.ts'
import type { OpDebug } from '../op_debug.ts'
import { flowControlDocument, locksDocument } from './lock_counts.ts'

/** The kind of operation, as `op` prints it. */
export type ProfiledOp =
  | 'query'
  | 'getmore'
  | 'insert'
  | 'update'
  | 'remove'
  | 'bulkWrite'
  | 'command'

/** An operation that ended, as far as the profiler describes it. */
export interface ProfiledOperation {
  readonly op: ProfiledOp
  readonly db: string
  /** `database.collection` */
  readonly ns: string
  /** The command, or the statement alone for one of an update or delete. */
  readonly command: Document
  /** Of a getMore: the command that made the cursor. */
  readonly originatingCommand?: Document | undefined
  readonly debug: OpDebug
  readonly isWrite: boolean
  /** Whether it committed a retryable write's session record with its data. */
  readonly wroteSession: boolean
  readonly readConcern: Document
  /** Absent from statements: their command waits for it. */
  readonly writeConcern: Document | undefined
  readonly error: ServerError | undefined
  /** Undefined for statements, which have no reply of their own. */
  readonly reply: Document | undefined
  /** Microseconds since the epoch. */
  readonly endedUs: number
  readonly elapsedUs: number
  /** The client's address. */
  readonly client: string
  readonly appName: string | undefined
  /** Who has logged in. */
  readonly user: { readonly user: string; readonly db: string } | undefined
}

/** Commands beyond this size are shown as cut text; server: `appendMaxElementSize`, curop.cpp. */
const COMMAND_BYTES_MAX = 50 * 1024

/** What a message has around its reply: header 16, flags 4, kind 1. */
const MESSAGE_FRAME_BYTES = 21

/**
 * The document of `system.profile`. Which fields there are and in which order is `OpDebug::append`
 * (curop.cpp, 8.0): counts that the operation has none of are left out, `numYield`, `locks`,
 * `flowControl` and `millis` are always there.
 */
export function profileEntry(operation: ProfiledOperation): Document {
  const { debug } = operation
  const entry: Document = { op: operation.op, ns: operation.ns, command: cut(operation.command) }
  const { originatingCommand } = operation
  if (originatingCommand !== undefined) entry['originatingCommand'] = cut(originatingCommand)
  if (debug.cursorId !== undefined) entry['cursorid'] = Long.fromBigInt(debug.cursorId)
  appendCounts(entry, operation)
  entry['locks'] = locksDocument(operation)
  entry['flowControl'] = flowControlDocument(debug)
  entry['readConcern'] = operation.readConcern
  if (operation.writeConcern !== undefined) entry['writeConcern'] = operation.writeConcern
  entry['storage'] = {}
  appendError(entry, operation.error)
  if (operation.reply !== undefined) {
    entry['responseLength'] = sizeOf(operation.reply) + MESSAGE_FRAME_BYTES
    entry['protocol'] = 'op_msg'
  }
  entry['millis'] = count(Math.floor(operation.elapsedUs / 1000))
  if (debug.planSummary !== undefined) entry['planSummary'] = debug.planSummary
  const { executor } = debug
  if (executor !== undefined) entry['execStats'] = executor.stats(debug)
  entry['ts'] = new Date(Math.floor(operation.endedUs / 1000))
  entry['client'] = operation.client
  if (operation.appName !== undefined) entry['appName'] = operation.appName
  const { user } = operation
  entry['allUsers'] = user === undefined ? [] : [{ ...user }]
  entry['user'] = user === undefined ? '' : `${user.user}@${user.db}`
  return entry
}

function appendCounts(entry: Document, operation: ProfiledOperation): void {
  const { debug, op } = operation
  const examines = debug.planSummary !== undefined
  if (examines) {
    entry['keysExamined'] = count(debug.keysExamined)
    entry['docsExamined'] = count(debug.docsExamined)
  }
  if (debug.hasSortStage) entry['hasSortStage'] = true
  append(entry, 'nMatched', debug.nMatched)
  if (op === 'query' || op === 'getmore') entry['nBatches'] = 1
  append(entry, 'nModified', debug.nModified)
  append(entry, 'ninserted', debug.ninserted)
  append(entry, 'ndeleted', debug.ndeleted)
  append(entry, 'nUpserted', debug.nUpserted)
  if (debug.cursorExhausted) entry['cursorExhausted'] = true
  if (operation.isWrite) {
    entry['keysInserted'] = count(debug.keysInserted)
    entry['keysDeleted'] = count(debug.keysDeleted)
  }
  if (debug.writeConflicts > 0) entry['writeConflicts'] = count(debug.writeConflicts)
  entry['numYield'] = count(debug.numYields)
  append(entry, 'nreturned', debug.nreturned)
  // The express path names no framework.
  const isClassic = examines && debug.planSummary?.startsWith('EXPRESS') === false
  if (isClassic && !operation.isWrite) entry['queryFramework'] = 'classic'
}

function append(entry: Document, name: string, value: number | undefined): void {
  if (value !== undefined) entry[name] = count(value)
}

function appendError(entry: Document, error: ServerError | undefined): void {
  if (error === undefined) return
  entry['ok'] = 0
  entry['errMsg'] = error.message
  entry['errName'] = error.codeName
  entry['errCode'] = error.code
}

/** A count is an int where it fits, as `appendNumber` has it. */
function count(value: number): number | Long {
  return isInt32(value) ? value : Long.fromNumber(value)
}

/** A command too large to be shown is text, with its comment kept. */
function cut(command: Document): Document {
  if (sizeOf(command) <= COMMAND_BYTES_MAX) return command
  const text = canonicalText(command).slice(0, COMMAND_BYTES_MAX)
  const { comment } = command
  return comment === undefined ? { $truncated: text } : { $truncated: text, comment }
}
