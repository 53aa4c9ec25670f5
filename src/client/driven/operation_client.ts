/**
 * The same client for programs that are operations themselves: generators that `yield*` what they
 * ask for, and need no promise.
 *
 *     function* transfer(client: OperationClient): Operation<void> {
 *       const accounts = client.db('bank').collection('accounts')
 *       const from = yield* accounts.findOne({ _id: 'a' })
 *       yield* accounts.updateOne({ _id: 'a' }, { $inc: { balance: -10 } })
 *     }
 *
 * Commands are built and replies are read by the code of `../operations`; only the waiting differs.
 * Before each command it suspends at a yield point, so that a strategy may let others run first.
 * It does not retry: what a lost reply would mean is for programs with promises.
 */
import type { Document } from 'bson'
import { type Operation, sleep } from '../../sim/index.ts'
import { type ClientInit, PalimpsestClient } from '../client.ts'
import type { InheritedOptions } from '../options.ts'
import type { ClientSessionOptions } from '../session/client_session.ts'
import { OperationCollection } from './operation_collection.ts'
import { OperationSession } from './operation_session.ts'

/** @param init its transport may answer with operations */
export function createOperationClient(init: ClientInit): OperationClient {
  const options = { ...init.options, retryWrites: false, retryReads: false }
  return new OperationClient(new PalimpsestClient({ ...init, options, isDriven: true }))
}

export class OperationClient {
  readonly #client: PalimpsestClient

  /** Made by `createOperationClient`. */
  constructor(client: PalimpsestClient) {
    this.#client = client
  }

  /** @param name default: `test` */
  db(name?: string, options?: InheritedOptions): OperationDb {
    return new OperationDb(this.#client, name, options)
  }

  startSession(options?: ClientSessionOptions): OperationSession {
    return new OperationSession(this.#client.startSession(options), this.#client.core)
  }

  /** Runs `body` with a session that ends when it returns or throws. */
  *withSession<T>(body: (session: OperationSession) => Operation<T>): Operation<T> {
    const session = this.startSession()
    try {
      return yield* body(session)
    } finally {
      yield* session.endSession()
    }
  }

  /** The program's own delay, in virtual milliseconds. */
  *sleep(ms: number): Operation<void> {
    yield sleep(Math.round(ms * 1000), 'program')
  }
}

export class OperationDb {
  readonly #client: PalimpsestClient
  readonly #name: string | undefined
  readonly #options: InheritedOptions | undefined

  constructor(
    client: PalimpsestClient,
    name: string | undefined,
    options: InheritedOptions | undefined,
  ) {
    this.#client = client
    this.#name = name
    this.#options = options
  }

  collection<TSchema extends Document = Document>(name: string): OperationCollection<TSchema> {
    const scope = this.#client.scopeOf(this.#name, name, this.#options)
    return new OperationCollection<TSchema>(scope)
  }
}
