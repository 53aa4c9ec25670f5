import type { Document } from '../../src/bson/index.ts'
import {
  type BackoffPolicy,
  type Batch,
  type Collection,
  type CreateIndexesOutcome,
  createCollection,
  createIndexes,
  type DeleteOutcome,
  type DeleteRequest,
  deleteStatement,
  dropCollection,
  dropDatabase,
  dropIndexes,
  Engine,
  type EngineCursor,
  type EngineOptions,
  type FindAndModifyOutcome,
  type FindAndModifyRequest,
  type FindRequest,
  find,
  findAndModify,
  getMore,
  type InsertOutcome,
  insertDocuments,
  type Namespace,
  type OpDebug,
  type OperationContext,
  ServerError,
  TransactionParticipant,
  type UpdateOutcome,
  type UpdateRequest,
  updateStatement,
} from '../../src/engine/index.ts'
import {
  AutoClock,
  isOperation,
  type MaybeOperation,
  type Operation,
  Random,
  type Strategy,
} from '../../src/sim/index.ts'

export const ns: Namespace = { db: 'test', coll: 'demo' }

/** Where virtual time begins in the tests of this floor. */
const START_US = 1_700_000_000_000_000

export interface HarnessOptions {
  readonly seed?: number
  readonly strategy?: Strategy
  readonly backoff?: BackoffPolicy
  readonly parameters?: EngineOptions['parameters']
  readonly trace?: EngineOptions['trace']
  readonly cacheSizeBytes?: number
  readonly evictionTriggerBytes?: number
}

export function newEngine({ seed = 1, ...options }: HarnessOptions = {}): {
  engine: Engine
  clock: AutoClock
} {
  const clock = new AutoClock(START_US)
  return { engine: new Engine({ clock, random: new Random(seed), ...options }), clock }
}

/** One operation from begin to end, as the server's dispatcher drives it. */
export function* perform<T>(
  engine: Engine,
  name: string,
  statement: (op: OperationContext) => MaybeOperation<T>,
  setup: (op: OperationContext) => void = () => {},
  transaction?: TransactionParticipant,
): Operation<T> {
  const op = engine.beginOperation(name, transaction)
  setup(op)
  try {
    const result = statement(op)
    return isOperation(result) ? yield* result : result
  } catch (error) {
    // What fails inside a transaction ends it.
    if (transaction?.isOpen === true) transaction.abort('error')
    throw error
  } finally {
    engine.endOperation(op)
  }
}

type Statement<T> = (op: OperationContext) => MaybeOperation<T>

/** The statements, each as an operation; plain ones, or those of a transaction. */
export class Statements {
  readonly engine: Engine
  readonly ns: Namespace
  readonly transaction: TransactionParticipant | undefined
  /** Called with each operation before it runs. */
  setup: (op: OperationContext) => void = () => {}
  lastOp: OperationContext | undefined

  constructor(engine: Engine, transaction?: TransactionParticipant, where: Namespace = ns) {
    this.engine = engine
    this.transaction = transaction
    this.ns = where
  }

  insert(documents: readonly Document[], ordered = true): Operation<InsertOutcome> {
    return this.#run('insert', (op) => insertDocuments(op, this.ns, documents, { ordered }))
  }

  update(request: UpdateRequest): Operation<UpdateOutcome> {
    return this.#run('update', (op) => updateStatement(op, this.ns, request))
  }

  delete(request: DeleteRequest): Operation<DeleteOutcome> {
    return this.#run('delete', (op) => deleteStatement(op, this.ns, request))
  }

  findAndModify(request: FindAndModifyRequest): Operation<FindAndModifyOutcome> {
    return this.#run('findAndModify', (op) => findAndModify(op, this.ns, request))
  }

  find(request: Partial<FindRequest> = {}): Operation<Batch> {
    return this.#run('find', (op) => find(op, this.ns, { filter: {}, ...request }))
  }

  getMore(cursor: EngineCursor, batchSize?: number): Operation<Batch> {
    return this.#run('getMore', (op) => getMore(op, cursor, batchSize))
  }

  create(options: Collection['options'] = {}): Operation<void> {
    return this.#run('create', (op) => createCollection(op, this.ns, options))
  }

  drop(): Operation<{ nIndexesWas: number } | undefined> {
    return this.#run('drop', (op) => dropCollection(op, this.ns))
  }

  dropDatabase(): Operation<boolean> {
    return this.#run('dropDatabase', (op) => dropDatabase(op, this.ns.db))
  }

  createIndexes(...specs: Document[]): Operation<CreateIndexesOutcome> {
    return this.#run('createIndexes', (op) => createIndexes(op, this.ns, specs))
  }

  dropIndexes(...names: string[]): Operation<{ nIndexesWas: number }> {
    const { catalog } = this.engine.services
    const { db, coll } = this.ns
    const indexes = catalog.latest(db, coll)?.indexes ?? []
    const which = names.length === 0 ? '*' : indexes.filter(({ name }) => names.includes(name))
    return this.#run('dropIndexes', (op) => dropIndexes(op, this.ns, which))
  }

  #run<T>(name: string, statement: Statement<T>): Operation<T> {
    const setup = (op: OperationContext): void => {
      this.lastOp = op
      this.setup(op)
    }
    return perform(this.engine, name, statement, setup, this.transaction)
  }
}

/** A client of an engine that runs free: statements as promises. */
export class Database {
  readonly engine: Engine
  readonly clock: AutoClock
  readonly statements: Statements

  constructor(options: HarnessOptions = {}, made = newEngine(options)) {
    this.engine = made.engine
    this.clock = made.clock
    this.statements = new Statements(this.engine)
  }

  /** Runs an operation; what it throws rejects, even if it throws at once. */
  async run<T>(operation: Operation<T>, name = 'client'): Promise<T> {
    return await this.engine.services.scheduler.run(name, operation)
  }

  insert(...documents: Document[]): Promise<InsertOutcome> {
    return this.run(this.statements.insert(documents))
  }

  update(request: UpdateRequest): Promise<UpdateOutcome> {
    return this.run(this.statements.update(request))
  }

  delete(request: DeleteRequest): Promise<DeleteOutcome> {
    return this.run(this.statements.delete(request))
  }

  findAndModify(request: FindAndModifyRequest): Promise<FindAndModifyOutcome> {
    return this.run(this.statements.findAndModify(request))
  }

  /** All documents that match, whatever the batches. */
  async find(request: Partial<FindRequest> = {}): Promise<Document[]> {
    const statement = this.statements.find({ batchSize: 1_000_000, ...request })
    return (await this.run(statement)).documents
  }

  createIndex(key: Document, options: Document = {}): Promise<CreateIndexesOutcome> {
    const parts = Object.entries(key).map(([path, direction]) => `${path}_${String(direction)}`)
    return this.run(this.statements.createIndexes({ key, name: parts.join('_'), ...options }))
  }

  /** Begins a transaction, its snapshot included. */
  begin(session = 's1'): Transaction {
    return new Transaction(this, session)
  }

  get openStorageTransactions(): number {
    return this.engine.services.store.statistics().openTransactions
  }
}

let lastTxnNumber = 0

/** A transaction in progress on a session of its own. */
export class Transaction {
  readonly participant: TransactionParticipant
  readonly statements: Statements
  readonly #db: Database

  constructor(db: Database, session: string) {
    this.#db = db
    this.participant = new TransactionParticipant(db.engine.services, session)
    begin(this.participant)
    this.statements = new Statements(db.engine, this.participant)
  }

  insert(...documents: Document[]): Promise<InsertOutcome> {
    return this.#db.run(this.statements.insert(documents))
  }

  update(request: UpdateRequest): Promise<UpdateOutcome> {
    return this.#db.run(this.statements.update(request))
  }

  delete(request: DeleteRequest): Promise<DeleteOutcome> {
    return this.#db.run(this.statements.delete(request))
  }

  async find(request: Partial<FindRequest> = {}): Promise<Document[]> {
    const statement = this.statements.find({ batchSize: 1_000_000, ...request })
    return (await this.#db.run(statement)).documents
  }

  commit(): void {
    this.participant.commit()
    this.#db.engine.services.scheduler.drain()
  }

  abort(): void {
    this.participant.abortByClient()
    this.#db.engine.services.scheduler.drain()
  }
}

/** The first statement of a transaction begins it and opens its snapshot. */
export function begin(participant: TransactionParticipant): void {
  const txnNumber = ++lastTxnNumber
  participant.beginOrContinue({ txnNumber, autocommit: false, startTransaction: true })
  participant.unstash('find')
}

/** Runs one of the plain statements and says what it counted, beside its result. */
export async function factsOf<T>(
  db: Database,
  operation: Operation<T>,
): Promise<{ result: T; debug: OpDebug }> {
  const result = await db.run(operation)
  return { result, debug: db.statements.lastOp!.debug }
}

/** The server's error that a promise was refused with. */
export async function refusal(promise: Promise<unknown>): Promise<ServerError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof ServerError) return error
    throw error
  }
  throw new Error('an error was expected')
}

/** Its code and name, for tests that pin no wording. */
export async function refusalCode(promise: Promise<unknown>): Promise<string> {
  const { code, codeName } = await refusal(promise)
  return `${code} ${codeName}`
}
