import type { Document } from '../bson/index.ts'
import { codeNameOf, ERROR_CODES, type ErrorName } from './error_codes.ts'

/**
 * A user's mistake or a refusal of the server's: what a client sees as `{ ok: 0, code, codeName,
 * errmsg }`. Give the name of a row of `ERROR_CODES`, or the number of a nameless assertion.
 */
export class ServerError extends Error {
  override readonly name: string = 'ServerError'
  readonly code: number
  readonly codeName: string
  /** Further fields of the reply, such as `keyPattern` and `keyValue` of a duplicate key. */
  readonly extra: Document | undefined

  constructor(error: ErrorName | number, message: string, extra?: Document) {
    super(message)
    this.code = typeof error === 'number' ? error : ERROR_CODES[error]
    this.codeName = typeof error === 'number' ? codeNameOf(error) : error
    this.extra = extra
  }
}

/** Where a write lost: enough to say who waits on whom. */
export interface ConflictPlace {
  readonly namespace: string
  readonly key: string
  readonly holderId: number
  readonly holderOwner: unknown
  readonly holderActive: boolean
}

/**
 * Storage answered WT_ROLLBACK. Outside a transaction the executor catches it and tries again;
 * inside one it reaches the client as code 112.
 *
 * Source of the wording: `throwWriteConflictException` (server, exception_util.cpp, 8.0).
 */
export class WriteConflictError extends ServerError {
  override readonly name = 'WriteConflictError'
  readonly place: ConflictPlace | undefined

  constructor(context: string, place?: ConflictPlace) {
    super(
      'WriteConflict',
      `Caused by :: ${context} :: Please retry your operation or multi-document transaction.`,
    )
    this.place = place
  }
}
