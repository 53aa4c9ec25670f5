import { Long } from 'bson'
import type { Document } from '../../bson/index.ts'
import type { StorageTransaction } from '../../storage/index.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Collection } from '../catalog/collection.ts'
import { ServerError } from '../errors.ts'
import type { OpDebug } from '../op_debug.ts'
import type { OperationContext } from '../operation_context.ts'
import type { CompiledFilter, Projection } from '../query/index.ts'
import type { CompiledSort } from '../sort/index.ts'
import { planStats } from './plan_stats.ts'
import { type PlanRequest, planQuery, type QueryPlan } from './planner.ts'
import { returnedKey } from './returned_key.ts'
import { openSource } from './sources/open_source.ts'
import type { RecordSource } from './sources/record_source.ts'
import type { Tail } from './tailing.ts'
import { WorkMeter } from './work_meter.ts'

export interface PlanExecutorRequest extends PlanRequest {
  readonly skip: number
  /** Zero: no limit. */
  readonly limit: number
  readonly projection: Projection | undefined
  /** What a find gives instead of documents, or besides. */
  readonly returns?: 'key' | 'recordId' | undefined
  /**
   * Whether what it finds is only read: then records may be fetched before they are asked for. Else
   * not, since in a transaction a scan sees what is written ahead of it.
   */
  readonly isRead?: boolean
  /** Whether it serves a stage of another plan: it never yields, and no counters show it. */
  readonly isInner?: boolean
  /** Whether the end of the collection is only the end for now. */
  readonly tail?: Tail | undefined
}

/**
 * How a pull on a plan ended. After `yield` the caller gives up its locks and its snapshot, lets
 * others run, asks `restore` and pulls again.
 */
export type Pulled = 'record' | 'end' | 'yield'

/** A record that waits behind a blocking sort. */
interface Sorted {
  readonly recordId: number
  readonly document: Document
  readonly key: readonly unknown[]
  readonly readIn: StorageTransaction
}

/**
 * Runs a plan: records from the source, filtered, sorted where the source's order is not the one
 * asked for, skipped, limited, projected. Pulls one at a time, synchronously; between two pulls the
 * operation may lose its snapshot and the executor goes on in the next one. Source:
 * plan_executor_impl.cpp (8.0).
 */
export class PlanExecutor {
  readonly collection: Collection
  readonly plan: QueryPlan
  recordId = 0
  /** The stored document, as the snapshot that it was read in has it. */
  document: Document = {}
  /** Where it was read: in another snapshot it may have changed since. */
  readIn: StorageTransaction | undefined = undefined
  returned = 0
  readonly #catalog: Catalog
  readonly #source: RecordSource
  readonly #meter = new WorkMeter()
  readonly #filter: CompiledFilter | undefined
  readonly #sort: CompiledSort | undefined
  readonly #request: PlanExecutorRequest
  readonly #found: Sorted[] = []
  /** What a blocking sort has left to give, last first. */
  #sorted: Sorted[] | undefined = undefined
  #skipped = 0
  #isPutBack = false

  constructor(op: OperationContext, collection: Collection, request: PlanExecutorRequest) {
    this.collection = collection
    this.#catalog = op.services.catalog
    this.plan = planQuery(collection, request)
    op.services.hooks.observer?.queried(op, collection, request.filter)
    this.#request = request
    this.#source = openSource(collection, this.plan.access, request, aheadOf(request))
    this.#filter = this.plan.filterCovered ? undefined : request.filter
    this.#sort = this.plan.sorted ? undefined : request.sort
    if (request.isInner !== true) this.describeTo(op.debug)
    const { metrics } = op.services
    const { access } = this.plan
    if (access.kind === 'collection') {
      metrics.queryExecutor.collectionScans++
      collection.state.collectionScans++
    } else {
      access.index.usage.ops++
      if (access.byId) metrics.fastPath.idHack++
    }
    if (this.#sort !== undefined) metrics.operation.scanAndOrder++
  }

  /** Tells an operation's counters who runs; a getMore is not the operation that made the plan. */
  describeTo(debug: OpDebug): void {
    debug.planSummary = this.plan.summary
    debug.executor = this
    debug.hasSortStage = this.#sort !== undefined
  }

  /** Steps to the next record of the result. */
  next(op: OperationContext): Pulled {
    if (this.#isPutBack) {
      this.#isPutBack = false
      this.returned++
      return 'record'
    }
    if (this.#isLimitReached) return 'end'
    for (;;) {
      const pulled = this.#sort === undefined ? this.#pull(op) : this.#pullSorted(op, this.#sort)
      if (pulled !== 'record') return pulled
      if (this.#skipped >= this.#request.skip) {
        this.returned++
        return 'record'
      }
      this.#skipped++
    }
  }

  /** The record it stands on found no room: it is the next one again. */
  putBack(): void {
    this.#isPutBack = true
    this.returned--
  }

  /** Known to have nothing more, without looking. */
  get isSpent(): boolean {
    if (this.#isPutBack) return false
    const { access } = this.plan
    const foundById = access.kind === 'index' && access.byId && this.#meter.works > 0
    return foundById || this.#isLimitReached || this.#sorted?.length === 0
  }

  get #isLimitReached(): boolean {
    return this.#request.limit > 0 && this.returned >= this.#request.limit
  }

  get tail(): Tail | undefined {
    return this.#request.tail
  }

  /** What a find returns of the record it stands on. */
  get result(): Document {
    const { projection, returns } = this.#request
    if (returns === 'key') return returnedKey(this.plan.access, this.document)
    const document = projection === undefined ? this.document : projection(this.document)
    if (returns === undefined) return document
    return { ...document, $recordId: Long.fromNumber(this.recordId) }
  }

  /** No result is larger than this; nothing where documents may have been added to. */
  get resultBytesMax(): number | undefined {
    const { projection, returns } = this.#request
    const isStored = projection === undefined && returns === undefined
    return isStored ? this.collection.state.documentBytesMax : undefined
  }

  /**
   * After locks were given up: whether the plan can go on.
   *
   * @param now the collection as it is now
   * @throws ServerError 175 QueryPlanKilled where collection or index are gone, or renamed
   */
  restore(now: Collection | undefined): void {
    if (now?.uuid !== this.collection.uuid) throw collectionGone(this.#catalog, this.collection)
    this.#source.restore()
    const { access } = this.plan
    if (access.kind === 'collection') return
    // Other options make another version of an index, over the same entries.
    if (now.indexes.some(({ table }) => table === access.index.table)) return
    throw new ServerError(
      'QueryPlanKilled',
      `query plan killed :: index '${access.index.name}' dropped`,
    )
  }

  /**
   * Whether the record it stands on is still there, and matches, in the operation's snapshot of
   * now. Reads it anew where that is not the one it was read in.
   */
  ensureStillMatches(op: OperationContext): boolean {
    const { storage } = op
    if (storage === this.readIn) return true
    const document = storage.get(this.collection.records, this.recordId)
    if (document === undefined || !this.#request.filter.matches(document)) return false
    this.document = document
    this.readIn = storage
    op.services.hooks.observer?.found(op, this.collection, document)
    return true
  }

  #pull(op: OperationContext): Pulled {
    const source = this.#source
    const filter = this.#filter
    for (;;) {
      if (this.#request.isInner !== true && this.#meter.isYieldDue(op)) return 'yield'
      if (!source.next(op)) return 'end'
      this.#meter.count()
      if (filter !== undefined && !filter.matches(source.document)) continue
      this.recordId = source.recordId
      this.document = source.document
      this.readIn = op.storage
      op.services.hooks.observer?.found(op, this.collection, source.document)
      return 'record'
    }
  }

  /** A blocking sort takes in everything before it gives the first record. */
  #pullSorted(op: OperationContext, sort: CompiledSort): Pulled {
    if (this.#sorted === undefined) {
      if (this.#collect(op, sort) === 'yield') return 'yield'
      this.#sorted = lastFirst(this.#found, sort)
      this.#found.length = 0
    }
    const next = this.#sorted.pop()
    if (next === undefined) return 'end'
    this.recordId = next.recordId
    this.document = next.document
    this.readIn = next.readIn
    return 'record'
  }

  #collect(op: OperationContext, sort: CompiledSort): Pulled {
    for (;;) {
      const pulled = this.#pull(op)
      if (pulled !== 'record') return pulled
      const { recordId, document } = this
      this.#found.push({ recordId, document, key: sort.keyOf(document), readIn: op.storage })
    }
  }

  /** The plan as `execStats` of the profiler shows it, innermost stage last. */
  stats(): Document {
    return planStats({
      plan: this.plan,
      filter: this.#filter?.filter,
      sort: this.#sort,
      keysExamined: this.#source.keysExamined,
      docsExamined: this.#source.docsExamined,
      returned: this.returned,
      works: this.#meter.works,
    })
  }
}

/** How many records may be fetched at once. */
function aheadOf({ isRead, skip, limit }: PlanExecutorRequest): number {
  if (isRead !== true) return 1
  return limit === 0 ? Number.POSITIVE_INFINITY : skip + limit
}

/** Sorted stably, and turned round for `pop`. */
function lastFirst(found: readonly Sorted[], sort: CompiledSort): Sorted[] {
  return found.toSorted((a, b) => sort.compareKeys(a.key, b.key)).reverse()
}

/**
 * A collection was dropped, made anew, or renamed, while a plan on it had given up its locks.
 * Source: requires_collection_stage.cpp.
 */
export function collectionGone(catalog: Catalog, { text, uuid }: Collection): ServerError {
  const renamed = catalog.findByUuid(uuid)
  const what =
    renamed === undefined
      ? 'collection dropped'
      : `collection renamed from '${text}' to '${renamed.text}'`
  return new ServerError('QueryPlanKilled', `${what}. UUID ${uuidText(uuid)}`)
}

function uuidText(uuid: Uint8Array): string {
  const hex = [...uuid].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
