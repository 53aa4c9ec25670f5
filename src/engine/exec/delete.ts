import type { Document } from '../../bson/index.ts'
import type { MaybeOperation } from '../../sim/index.ts'
import type { ReturnCode } from '../../storage/index.ts'
import type { Collection } from '../catalog/collection.ts'
import type { Namespace } from '../catalog/namespace.ts'
import type { OpDebug } from '../op_debug.ts'
import type { OperationContext } from '../operation_context.ts'
import { deleteRecord } from '../record_writes.ts'
import { compileSort } from '../sort/index.ts'
import { classicWrite } from './classic_write.ts'
import { expressWrite } from './express.ts'
import { collatedCollection, idToLookUp, languageFor } from './language.ts'
import { finishing } from './statement.ts'
import { expressStats, type WriteStatement } from './write_statement.ts'

/** One statement of a delete command. */
export interface DeleteRequest {
  readonly q: Document
  readonly multi?: boolean | undefined
  readonly hint?: unknown
  readonly sort?: Document | undefined
  readonly collation?: Document | undefined
}

export interface DeleteOutcome {
  readonly deleted: number
  /** The last document deleted, a stored version. */
  readonly before: Document | undefined
}

export function deleteStatement(
  op: OperationContext,
  ns: Namespace,
  request: DeleteRequest,
): MaybeOperation<DeleteOutcome> {
  return finishing(op, () => planDelete(op, ns, request))
}

function planDelete(
  op: OperationContext,
  ns: Namespace,
  request: DeleteRequest,
): MaybeOperation<DeleteOutcome> {
  const { q, multi = false, hint, sort, collation } = request
  const collection = collatedCollection(op, ns)
  const statement = new DeleteStatement()
  if (!multi && hint === undefined && sort === undefined) {
    const id = idToLookUp(q, collection, collation)
    if (id !== undefined) return expressWrite(op, ns, id.value, statement)
  }
  const language = languageFor(op, collection, collation)
  const plan = {
    filter: op.services.filters.compile(q, language),
    sort: sort === undefined ? undefined : compileSort(sort, language.order),
    hint,
    skip: 0,
    limit: 0,
    projection: undefined,
    multi,
  }
  return classicWrite(op, ns, plan, statement)
}

class DeleteStatement implements WriteStatement<DeleteOutcome>, DeleteOutcome {
  readonly stage = 'DELETE'
  deleted = 0
  before: Document | undefined = undefined
  #document: Document | undefined = undefined

  write(
    op: OperationContext,
    collection: Collection,
    recordId: number,
    document: Document,
  ): ReturnCode {
    this.#document = document
    return deleteRecord(op, collection, recordId, document)
  }

  committed(op: OperationContext): void {
    this.before = this.#document
    this.deleted++
    op.debug.ndeleted = this.deleted
  }

  outcome(): DeleteOutcome {
    return this
  }

  stats(debug: OpDebug): Document {
    return expressStats('DELETE', debug)
  }
}
