import type { Document } from 'bson'
import { aggregateCommand } from '../operations/aggregate.ts'
import type { AggregateOptions, CommandOptions } from '../options.ts'
import type { Scope } from '../scope.ts'
import type { BsonSettings } from '../settings.ts'
import type { Sort } from '../sort.ts'
import { AbstractCursor } from './abstract_cursor.ts'

/** The cursor of `aggregate`. Stages may be appended until the first document is asked for. */
export class AggregationCursor<T> extends AbstractCursor<T, AggregateOptions> {
  readonly pipeline: Document[]

  /** Cursors are made by `collection.aggregate` and `db.aggregate`. */
  constructor(scope: Scope, pipeline: readonly Document[], options: AggregateOptions | undefined) {
    super(scope, { ...options })
    this.pipeline = [...pipeline]
  }

  clone(): AggregationCursor<T> {
    const { session: _, ...options } = this.options
    return new AggregationCursor(this.scope, this.pipeline, options)
  }

  override map<U>(transform: (document: T) => U): AggregationCursor<U> {
    return super.map(transform) as unknown as AggregationCursor<U>
  }

  addStage<U = Document>(stage: Document): AggregationCursor<U> {
    this.refuseIfOpened()
    this.pipeline.push(stage)
    return this as unknown as AggregationCursor<U>
  }

  group<U = T>($group: Document): AggregationCursor<U> {
    return this.addStage({ $group })
  }

  project<U = Document>($project: Document): AggregationCursor<U> {
    return this.addStage({ $project })
  }

  limit($limit: number): this {
    return this.#append({ $limit })
  }

  skip($skip: number): this {
    return this.#append({ $skip })
  }

  match($match: Document): this {
    return this.#append({ $match })
  }

  sort($sort: Sort): this {
    return this.#append({ $sort })
  }

  lookup($lookup: Document): this {
    return this.#append({ $lookup })
  }

  unwind($unwind: Document | string): this {
    return this.#append({ $unwind })
  }

  redact($redact: Document): this {
    return this.#append({ $redact })
  }

  geoNear($geoNear: Document): this {
    return this.#append({ $geoNear })
  }

  out($out: { db: string; coll: string } | string): this {
    return this.#append({ $out })
  }

  /** The plan, instead of the documents. Without a verbosity, `allPlansExecution`. */
  async explain(verbosity: NonNullable<CommandOptions['explain']> = true): Promise<Document> {
    return this.explainWith(verbosity)
  }

  protected openingCommand(options: AggregateOptions, bson: BsonSettings): Document {
    return aggregateCommand(this.scope, this.pipeline, options, bson)
  }

  #append(stage: Document): this {
    this.addStage(stage)
    return this
  }
}
