import type { Document } from 'bson'
import type { ErrorClasses, MongoClientBulkWriteErrorShape } from '../errors.ts'
import type {
  ClientBulkWriteResult,
  ClientDeleteResult,
  ClientInsertOneResult,
  ClientUpdateResult,
} from './client_bulk_write_result.ts'
import type { ClientBulkWriteOptions } from './client_models.ts'

interface Details {
  readonly insertResults: Map<number, ClientInsertOneResult>
  readonly updateResults: Map<number, ClientUpdateResult>
  readonly deleteResults: Map<number, ClientDeleteResult>
}

/** What the commands of a `client.bulkWrite` add up to. */
export class ClientBulkTally {
  readonly #errors: ErrorClasses
  readonly #ordered: boolean
  readonly #counts: {
    inserted: number
    upserted: number
    matched: number
    modified: number
    deleted: number
  }
  /** Each operation's own result, where those are asked for. */
  readonly #details: Details | undefined
  readonly #writeErrors: Map<number, { code: number; message: string }> = new Map()
  readonly #writeConcernErrors: Document[] = []

  constructor(errors: ErrorClasses, options: ClientBulkWriteOptions) {
    this.#errors = errors
    this.#ordered = options.ordered !== false
    this.#counts = { inserted: 0, upserted: 0, matched: 0, modified: 0, deleted: 0 }
    this.#details = options.verboseResults
      ? { insertResults: new Map(), updateResults: new Map(), deleteResults: new Map() }
      : undefined
  }

  result(): ClientBulkWriteResult {
    return {
      acknowledged: true,
      insertedCount: this.#counts.inserted,
      upsertedCount: this.#counts.upserted,
      matchedCount: this.#counts.matched,
      modifiedCount: this.#counts.modified,
      deletedCount: this.#counts.deleted,
      ...this.#details,
    }
  }

  /** Counts what a reply says was done. */
  addReply(reply: Document): void {
    this.#counts.inserted += reply['nInserted'] ?? 0
    this.#counts.upserted += reply['nUpserted'] ?? 0
    this.#counts.matched += reply['nMatched'] ?? 0
    this.#counts.modified += reply['nModified'] ?? 0
    this.#counts.deleted += reply['nDeleted'] ?? 0
  }

  /** The write concern of a command was not met; what it did still counts. */
  addWriteConcernError(reply: Document): void {
    const { code, errmsg } = reply['writeConcernError']
    this.#writeConcernErrors.push({ code, message: errmsg })
    this.addReply(reply)
  }

  /**
   * Takes in one operation's own result.
   * @param operation as it was sent
   * @param index of its model
   * @throws MongoClientBulkWriteError for a failure in an ordered bulk write, which ends it
   */
  addResult(operation: Document, index: number, result: Document): void {
    if (result['ok'] !== 1) {
      this.#writeErrors.set(index, { code: result['code'], message: result['errmsg'] })
      if (!this.#ordered) return
      throw this.failure('Mongo client ordered bulk write encountered a write error.')
    }
    if ('insert' in operation) {
      this.#details?.insertResults.set(index, { insertedId: operation['document']._id })
    } else if ('update' in operation) {
      const { n, nModified, upserted } = result
      this.#details?.updateResults.set(index, {
        matchedCount: n,
        modifiedCount: nModified ?? 0,
        didUpsert: upserted !== undefined,
        ...(upserted !== undefined && { upsertedId: upserted._id }),
      })
    } else {
      this.#details?.deleteResults.set(index, { deletedCount: result['n'] })
    }
  }

  /** @throws MongoClientBulkWriteError at the end, where anything failed on the way */
  throwIfFailed(): void {
    if (this.#writeErrors.size === 0 && this.#writeConcernErrors.length === 0) return
    throw this.failure('Mongo client bulk write encountered errors during execution.')
  }

  /** An error that tells what was done. */
  failure(message: string, cause?: Error): MongoClientBulkWriteErrorShape {
    const error = new this.#errors.MongoClientBulkWriteError({ message })
    error.writeErrors = this.#writeErrors
    error.writeConcernErrors = this.#writeConcernErrors
    error.partialResult = this.result()
    if (cause !== undefined) error.cause = cause
    return error
  }
}
