import { type Document, numberToDouble } from '../../bson/index.ts'
import { type DeleteOutcome, deleteStatement, ServerError } from '../../engine/index.ts'
import type { MaybeOperation } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { arrayOf, fieldTable, types } from '../fields.ts'
import { addWriteTime } from '../gossip.ts'
import type { Invocation } from '../invocation.ts'
import { collationOf, declareLet } from '../terms.ts'
import { checkWrites, StatementBatch, type StatementRunner } from '../write_batch.ts'

/** Server: DeleteOpEntry, write_ops.idl (8.0). */
const STATEMENT = fieldTable(
  { q: types.object, limit: types.deleteLimit, hint: types.hint, collation: types.object },
  { required: ['q', 'limit'] },
)

export const deleteCommand = {
  name: 'delete',
  target: 'collection',
  fields: {
    deletes: arrayOf(STATEMENT),
    ordered: types.bool,
    bypassDocumentValidation: types.safeBool,
    stmtIds: types.array,
    let: types.object,
  },
  required: ['deletes'],
  allowedInTransaction: true,
  isRetryableWrite: true,
  inApiVersion1: true,
  supportsWriteConcern: true,
  profiledAs: 'remove',
  writes: true,
  run(invocation: Invocation): MaybeOperation<Document> {
    const runner = new DeleteRunner(invocation)
    checkWrites(invocation, runner.statements.length)
    if (invocation.command['let'] !== undefined) declareLet(invocation)
    return new StatementBatch(invocation, runner).run()
  },
} as const satisfies CommandDescriptor

class DeleteRunner implements StatementRunner<DeleteOutcome> {
  readonly profiledAs = 'remove'
  readonly statements: readonly Document[]
  readonly #invocation: Invocation
  #n = 0

  constructor(invocation: Invocation) {
    this.#invocation = invocation
    this.statements = invocation.command['deletes'] as Document[]
  }

  describe(index: number): Document {
    return this.statements[index]!
  }

  execute(index: number): MaybeOperation<DeleteOutcome> {
    const { op, ns, server, isRetryableWrite } = this.#invocation
    const statement = this.statements[index]!
    server.services.metrics.opcounters.delete++
    op.debug.ndeleted = 0
    const multi = numberToDouble(statement['limit']) === 0
    if (isRetryableWrite && multi) {
      throw new ServerError(
        'InvalidOptions',
        'Cannot use (or request) retryable writes with limit=0',
      )
    }
    const { q, hint } = statement
    const collation = collationOf(statement)
    return deleteStatement(op, ns, { q: q as Document, multi, hint, collation })
  }

  accept(_index: number, outcome: DeleteOutcome): boolean {
    this.#n += outcome.deleted
    return outcome.deleted > 0
  }

  replay(): void {
    this.#n++
  }

  reply(writeErrors: Document[] | undefined, retriedStmtIds: number[] | undefined): Document {
    const isPlain = writeErrors === undefined && retriedStmtIds === undefined
    if (isPlain && !this.#invocation.connection.gossip) return { n: this.#n, ok: 1 }
    const made: Document = { n: this.#n }
    addWriteTime(this.#invocation, made)
    if (writeErrors !== undefined) made['writeErrors'] = writeErrors
    if (retriedStmtIds !== undefined) made['retriedStmtIds'] = retriedStmtIds
    made['ok'] = 1
    return made
  }
}
