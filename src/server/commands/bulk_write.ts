import { type Document, isDocument, numberToDouble, sizeOf } from '../../bson/index.ts'
import { type Namespace, namespaceText, ServerError } from '../../engine/index.ts'
import type { MaybeOperation } from '../../sim/index.ts'
import { openCursor } from '../cursors.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { arrayOf, fieldTable, types } from '../fields.ts'
import { addWriteTime } from '../gossip.ts'
import type { Invocation } from '../invocation.ts'
import { declareLet } from '../terms.ts'
import { isTrue } from '../truth.ts'
import { checkWrites, StatementBatch } from '../write_batch.ts'
import { type BulkOperation, parseOperations } from './bulk/operations.ts'
import { BulkRunner } from './bulk/runner.ts'

const NS_INFO = fieldTable(
  { ns: types.string, collectionUUID: types.binData },
  { required: ['ns'] },
)

/** Server: `NamespaceString::makeBulkWriteNSS`. */
const CURSOR_NS: Namespace = { db: 'admin', coll: '$cmd.bulkWrite' }

/**
 * Inserts, updates and deletes in any number of collections, each a statement of its own.
 * Source: bulk_write.idl, bulk_write.cpp (8.0).
 */
export const bulkWrite = {
  name: 'bulkWrite',
  target: 'database',
  fields: {
    ops: arrayOf(),
    nsInfo: arrayOf(NS_INFO),
    cursor: types.object,
    bypassDocumentValidation: types.safeBool,
    ordered: types.bool,
    stmtIds: types.array,
    let: types.object,
    errorsOnly: types.bool,
  },
  required: ['ops', 'nsInfo'],
  adminOnly: true,
  allowedInTransaction: true,
  isRetryableWrite: true,
  inApiVersion1: true,
  supportsWriteConcern: true,
  profiledAs: 'bulkWrite',
  writes: true,
  run(invocation: Invocation): MaybeOperation<Document> {
    const { command } = invocation
    checkWrites(invocation, (command['ops'] as unknown[]).length)
    declareLet(invocation)
    const operations = parseOperations(command)
    if (invocation.inTransaction) operations.forEach(checkInTransaction)
    const runner = new BulkRunner(invocation, operations, (done, errors, retried) =>
      reply(invocation, done, errors, retried),
    )
    return new StatementBatch(invocation, runner).run()
  },
} as const satisfies CommandDescriptor

/** As for the commands of one collection. Source: write_ops_exec.cpp */
function checkInTransaction({ ns }: BulkOperation): void {
  const text = namespaceText(ns)
  if (ns.coll.startsWith('system.')) {
    throw new ServerError(50791, `Cannot write to system collection ${text} within a transaction.`)
  }
  if (ns.db !== 'local') return
  throw new ServerError(
    50790,
    `Cannot write to unreplicated collection ${text} within a transaction.`,
  )
}

function reply(
  invocation: Invocation,
  runner: BulkRunner,
  writeErrors: readonly Document[],
  retriedStmtIds: readonly number[] | undefined,
): Document {
  const { command } = invocation
  const failed = writeErrors.map((error) => failedResult(runner, error))
  const results = isTrue(command['errorsOnly'])
    ? failed
    : [...runner.results, ...failed].sort((a, b) => Number(a['idx']) - Number(b['idx']))
  const made: Document = {
    cursor: cursorOf(invocation, results),
    nErrors: failed.length,
    ...runner.counts,
  }
  addWriteTime(invocation, made)
  if (retriedStmtIds !== undefined) made['retriedStmtIds'] = retriedStmtIds
  made['ok'] = 1
  return made
}

/** Source: `BulkWriteReplyItem::serialize`, bulk_write_parser.cpp (8.0). */
function failedResult(runner: BulkRunner, writeError: Document): Document {
  const { index, code, errmsg, ...extra } = writeError
  const result: Document = { ok: 0, idx: index, code, ...extra, errmsg, n: 0 }
  if (runner.kindOf(index as number) === 'update') result['nModified'] = 0
  return result
}

/** The results as a cursor: as many as asked for at once, and as a reply has room for. */
function cursorOf(invocation: Invocation, results: readonly Document[]): Document {
  const { cursor } = invocation.command
  const asked = isDocument(cursor) ? cursor['batchSize'] : undefined
  const most =
    asked === undefined || asked === null ? Number.POSITIVE_INFINITY : numberToDouble(asked)
  let at = 0
  let sizeBytes = 0
  for (; at < results.length && at < most; at++) {
    sizeBytes += sizeOf(results[at]!)
    if (at > 0 && sizeBytes > BATCH_BYTES_MAX) break
  }
  const rest =
    at < results.length ? ({ kind: 'documents', documents: results, at } as const) : undefined
  const id = openCursor(invocation, rest, { noTimeout: false, ns: CURSOR_NS })
  return { id, firstBatch: results.slice(0, at), ns: namespaceText(CURSOR_NS) }
}

/** Server: `FindCommon::kMaxBytesToReturnToClientAtOnce`. */
const BATCH_BYTES_MAX = 16_777_216
