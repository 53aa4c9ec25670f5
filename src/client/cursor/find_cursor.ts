import type { Document } from 'bson'
import { findCommand } from '../operations/find.ts'
import type { CollationOptions, CommandOptions, FindOptions, Hint } from '../options.ts'
import type { Scope } from '../scope.ts'
import type { BsonSettings } from '../settings.ts'
import { type Sort, type SortDirection, toSort } from '../sort.ts'
import { AbstractCursor } from './abstract_cursor.ts'
import type { CursorReply } from './server_cursor.ts'

export type CursorFlag =
  | 'tailable'
  | 'awaitData'
  | 'noCursorTimeout'
  | 'oplogReplay'
  | 'exhaust'
  | 'partial'

/** The cursor of `find`. Its settings may be chained until the first document is asked for. */
export class FindCursor<T> extends AbstractCursor<T, FindOptions> {
  #filter: Document | undefined
  #returned = 0

  /** Cursors are made by `collection.find`. */
  constructor(scope: Scope, filter: Document | undefined, options: FindOptions | undefined) {
    super(scope, { ...options })
    this.#filter = filter
  }

  clone(): FindCursor<T> {
    const { session: _, ...options } = this.options
    return new FindCursor(this.scope, this.#filter, options)
  }

  override map<U>(transform: (document: T) => U): FindCursor<U> {
    return super.map(transform) as unknown as FindCursor<U>
  }

  filter(filter: Document): this {
    this.refuseIfOpened()
    this.#filter = filter
    return this
  }

  /** Choose the type that the projection leaves: it can't be told from the value. */
  project<U = Document>(projection: Document): FindCursor<U> {
    return this.#with({ projection }) as unknown as FindCursor<U>
  }

  sort(sort: Sort, direction?: SortDirection): this {
    this.refuseIfOpened()
    this.#refuseIfTailable('sorting')
    const order = toSort(sort, this.scope.core.errors, direction)
    return order === undefined ? this : this.#with({ sort: order as Record<string, 1 | -1> })
  }

  limit(value: number): this {
    this.refuseIfOpened()
    this.#refuseIfTailable('limit')
    return this.set('limit', value, 'Operation "limit" requires an integer')
  }

  skip(value: number): this {
    this.refuseIfOpened()
    this.#refuseIfTailable('skip')
    return this.set('skip', value, 'Operation "skip" requires an integer')
  }

  override batchSize(value: number): this {
    this.refuseIfOpened()
    this.#refuseIfTailable('batchSize')
    return super.batchSize(value)
  }

  maxAwaitTimeMS(value: number): this {
    return this.set('maxAwaitTimeMS', value, 'Argument for maxAwaitTimeMS must be a number')
  }

  hint(hint: Hint): this {
    return this.#with({ hint })
  }

  min(min: Document): this {
    return this.#with({ min })
  }

  max(max: Document): this {
    return this.#with({ max })
  }

  returnKey(returnKey: boolean): this {
    return this.#with({ returnKey })
  }

  showRecordId(showRecordId: boolean): this {
    return this.#with({ showRecordId })
  }

  comment(comment: unknown): this {
    return this.#with({ comment })
  }

  collation(collation: CollationOptions): this {
    return this.#with({ collation })
  }

  allowDiskUse(allowDiskUse = true): this {
    this.refuseIfOpened()
    if (this.options.sort === undefined) {
      throw this.invalid('Option "allowDiskUse" requires a sort specification')
    }
    return this.#with({ allowDiskUse })
  }

  /** @throws MongoInvalidArgumentError for those of the older flags that mean nothing any more */
  addCursorFlag(flag: CursorFlag, value: boolean): this {
    if (typeof value !== 'boolean') throw this.invalid(`Flag ${flag} must be a boolean value`)
    if (flag === 'oplogReplay' || flag === 'exhaust' || flag === 'partial') {
      throw this.invalid(`Flag ${flag} is not supported by the in-process client`)
    }
    return this.#with({ [flag]: value })
  }

  /** The plan, instead of the documents. Without a verbosity, `allPlansExecution`. */
  async explain(verbosity: NonNullable<CommandOptions['explain']> = true): Promise<Document> {
    return this.explainWith(verbosity)
  }

  override rewind(): void {
    this.#returned = 0
    super.rewind()
  }

  /** @internal */
  override observe(cursor: CursorReply): void {
    this.#returned += (cursor.firstBatch ?? cursor.nextBatch ?? []).length
  }

  /** The server does not know how much of the limit is used up; so it is not asked for more. */
  protected override nextBatchSize(): number | undefined {
    const { limit, batchSize } = this.options
    if (!limit) return batchSize
    const remaining = limit - this.#returned
    if (remaining <= 0) return 0
    return batchSize === undefined ? undefined : Math.min(batchSize, remaining)
  }

  protected openingCommand(options: FindOptions, bson: BsonSettings): Document {
    return findCommand(this.scope, this.#filter, options, bson, 'many')
  }

  #with(settings: Partial<FindOptions>): this {
    this.refuseIfOpened()
    Object.assign(this.options, settings)
    return this
  }

  #refuseIfTailable(what: string): void {
    if (!this.options.tailable) return
    throw new this.scope.core.errors.MongoTailableCursorError(
      `Tailable cursor does not support ${what}`,
    )
  }
}
