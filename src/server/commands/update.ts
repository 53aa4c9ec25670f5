import type { Document } from '../../bson/index.ts'
import {
  ServerError,
  type StatementEntry,
  type UpdateOutcome,
  type UpdateRequest,
  updateStatement,
} from '../../engine/index.ts'
import type { MaybeOperation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { arrayOf, fieldTable, types } from '../fields.ts'
import { addWriteTime } from '../gossip.ts'
import type { Invocation } from '../invocation.ts'
import { declareLet } from '../terms.ts'
import { checkWrites, StatementBatch, type StatementRunner } from '../write_batch.ts'

/** Server: UpdateOpEntry, write_ops.idl (8.0). */
const STATEMENT = fieldTable(
  {
    q: types.object,
    u: types.updateModification,
    c: types.object,
    arrayFilters: arrayOf(),
    sort: types.object,
    hint: types.hint,
    multi: types.bool,
    upsert: types.bool,
    collation: types.object,
  },
  { required: ['q', 'u'] },
)

export const update = {
  name: 'update',
  target: 'collection',
  fields: {
    updates: arrayOf(STATEMENT),
    ordered: types.bool,
    bypassDocumentValidation: types.safeBool,
    stmtIds: types.array,
    let: types.object,
  },
  required: ['updates'],
  allowedInTransaction: true,
  isRetryableWrite: true,
  inApiVersion1: true,
  supportsWriteConcern: true,
  profiledAs: 'update',
  writes: true,
  run(invocation: Invocation): MaybeOperation<Document> {
    const runner = new UpdateRunner(invocation)
    checkWrites(invocation, runner.statements.length)
    if (invocation.command['let'] !== undefined) declareLet(invocation)
    return new StatementBatch(invocation, runner).run()
  },
} as const satisfies CommandDescriptor

class UpdateRunner implements StatementRunner<UpdateOutcome> {
  readonly profiledAs = 'update'
  readonly statements: readonly Document[]
  readonly #invocation: Invocation
  #n = 0
  #nModified = 0
  #upserted: Document[] | undefined = undefined

  constructor(invocation: Invocation) {
    this.#invocation = invocation
    this.statements = invocation.command['updates'] as Document[]
  }

  describe(index: number): Document {
    const { q, u, multi, upsert, ...others } = this.statements[index]!
    return { q, u, ...others, multi: multi === true, upsert: upsert === true }
  }

  execute(index: number): MaybeOperation<UpdateOutcome> {
    const { op, ns, server, isRetryableWrite } = this.#invocation
    const statement = this.statements[index]!
    server.services.metrics.opcounters.update++
    op.debug.nUpserted = 0
    const request = requestOf(statement)
    if (isRetryableWrite && request.multi === true) {
      throw new ServerError(
        'InvalidOptions',
        'Cannot use (or request) retryable writes with multi=true',
      )
    }
    return updateStatement(op, ns, request)
  }

  accept(index: number, outcome: UpdateOutcome): boolean {
    const { upserted, modified, matched } = outcome
    if (upserted === undefined) {
      this.#n += matched
      this.#nModified += modified
      return modified > 0
    }
    this.#addUpserted(index, upserted.id)
    return true
  }

  /** Source: `parseOplogEntryForUpdate`, write_ops_retryability.cpp */
  replay(index: number, done: StatementEntry): void {
    if (done.inserted !== undefined) {
      this.#addUpserted(index, done.inserted['_id'])
    } else {
      checkWasUpdate(done)
      this.#n++
      this.#nModified++
    }
  }

  reply(writeErrors: Document[] | undefined, retriedStmtIds: number[] | undefined): Document {
    const upserted = this.#upserted
    const isPlain =
      writeErrors === undefined && retriedStmtIds === undefined && upserted === undefined
    if (isPlain && !this.#invocation.connection.gossip) {
      return { n: this.#n, nModified: this.#nModified, ok: 1 }
    }
    const made: Document = { n: this.#n }
    addWriteTime(this.#invocation, made)
    if (writeErrors !== undefined) made['writeErrors'] = writeErrors
    if (retriedStmtIds !== undefined) made['retriedStmtIds'] = retriedStmtIds
    if (upserted !== undefined) made['upserted'] = upserted
    made['nModified'] = this.#nModified
    made['ok'] = 1
    return made
  }

  #addUpserted(index: number, id: unknown): void {
    this.#n++
    this.#upserted ??= []
    this.#upserted.push({ index, _id: id })
  }
}

/** @throws ServerError 40638. Source: `parseOplogEntryForUpdate` */
export function checkWasUpdate({ op, time }: StatementEntry): void {
  if (op === 'u') return
  throw new ServerError(
    40638,
    `update retry request is not compatible with previous write in the transaction of type: ${op}, oplogTs: Timestamp(${time.t}, ${time.i})`,
  )
}

/** The fields of a statement are those of a request; one that is null counts as absent. */
function requestOf(statement: Document): UpdateRequest {
  if (statement['sort'] !== undefined && statement['multi'] === true) {
    throw new ServerError('FailedToParse', 'Cannot specify sort with multi=true')
  }
  for (const name in statement) {
    if (statement[name] !== null) continue
    const given = Object.entries(statement).filter(([, value]) => value !== null)
    return Object.fromEntries(given) as unknown as UpdateRequest
  }
  return statement as unknown as UpdateRequest
}
