/**
 * Records what transactions read and write while a schedule is played: from the executors, which
 * versions of documents they found and made; from storage, when snapshots were taken and what was
 * committed. A stored document is never changed, so its identity is that of its version.
 *
 * It runs beside every statement of every schedule, so it only takes down; `build.ts` makes a
 * history of it where one is asked for. Objects that were there before the first schedule are kept
 * from one schedule to the next, because restoring a store gives the same documents back.
 */
import { type Document, encodeIdKey } from '../../bson/index.ts'
import type {
  Collection,
  CompiledFilter,
  ExecutionObserver,
  OperationContext,
} from '../../engine/index.ts'
import type { StorageTransaction } from '../../storage/index.ts'
import type { ActorRun } from '../play/actor_run.ts'

export const VersionState = { open: 0, committed: 1, intermediate: 2, aborted: 3 } as const

/** A version in the making of a history. */
export class Version {
  readonly object: RecordedObject
  readonly document: Document | undefined
  /** Undefined for what was there from the start. */
  readonly author: Unit | undefined
  state: number = VersionState.open
  /** Its place among the committed versions of the object. */
  order = 0
  /** When it was committed. */
  at = -1

  constructor(object: RecordedObject, document: Document | undefined, author: Unit | undefined) {
    this.object = object
    this.document = document
    this.author = author
  }
}

/** A place where a document may be. */
export class RecordedObject {
  readonly number: number
  readonly collection: string
  readonly id: unknown
  /** What was there before the first schedule; undefined until it is known. */
  initial: Version | undefined = undefined
  /** The schedule that the rest belongs to. */
  run = -1
  /** The committed ones, in order; the initial one first. */
  readonly committed: Version[] = []
  readonly others: Version[] = []

  constructor(number: number, collection: string, id: unknown) {
    this.number = number
    this.collection = collection
    this.id = id
  }
}

/** A query, by what it looked for. */
export interface RecordedQuery {
  readonly collection: string
  readonly filter: CompiledFilter
}

export type Step = StepTime &
  (
    | { readonly kind: 'read'; readonly version: Version }
    | { readonly kind: 'absent'; readonly object: RecordedObject }
    | { readonly kind: 'write'; readonly version: Version }
    | { readonly kind: 'query'; readonly query: RecordedQuery }
  )

/** What pictures ask of a step: when it was, and for which statement. */
interface StepTime {
  /** In one order of all beginnings, steps and ends. */
  readonly tick: number
  readonly statement: Document | undefined
}

/** One storage transaction: a multi-document transaction, or one attempt of a statement alone. */
export class Unit {
  readonly actor: ActorRun
  readonly storage: StorageTransaction
  readonly steps: Step[] = []
  /** Positions among all beginnings and ends. */
  began: number
  ended = -1
  /** Positions among these and all steps. */
  readonly beganTick: number
  endedTick = -1
  /** Of several statements, so that it has read for good only once it commits. */
  isMulti = false
  wrote = false
  committed = false

  constructor(actor: ActorRun, storage: StorageTransaction, began: number, beganTick: number) {
    this.actor = actor
    this.storage = storage
    this.began = began
    this.beganTick = beganTick
  }
}

export class HistoryRecorder implements ExecutionObserver {
  readonly units: Unit[] = []
  /** Objects that this schedule touched. */
  readonly objects: RecordedObject[] = []
  /** Whose step it is; nothing is recorded for nobody. */
  actor: ActorRun | undefined = undefined
  readonly #initial = new Map<Document, Version>()
  readonly #made = new Map<Document, Version>()
  readonly #byName = new Map<string, Map<string, RecordedObject>>()
  readonly #open: Unit[] = []
  #objects = 0
  #run = 0
  #position = 0
  #ticks = 0

  begin(): void {
    this.#run++
    this.#position = 0
    this.#ticks = 0
    this.units.length = 0
    this.objects.length = 0
    this.#open.length = 0
    this.#made.clear()
    this.actor = undefined
  }

  /** The schedule is over: what is still open will not commit any more. */
  finish(): void {
    this.actor = undefined
    const open = this.#open
    while (open.length > 0) this.rolledBack(open[open.length - 1]!.storage)
  }

  // ---- from storage ----

  began(storage: StorageTransaction): void {
    if (this.actor === undefined) return
    this.#open.push(new Unit(this.actor, storage, this.#position++, this.#ticks++))
  }

  committed(storage: StorageTransaction): void {
    const unit = this.#close(storage)
    if (unit === undefined) return
    unit.committed = true
    if (!unit.wrote) return
    for (let i = unit.steps.length - 1; i >= 0; i--) {
      const step = unit.steps[i]!
      if (step.kind === 'write') this.#install(step.version, unit)
    }
  }

  rolledBack(storage: StorageTransaction): void {
    const unit = this.#close(storage)
    if (unit === undefined) return
    // A statement alone gives its snapshot up when it has read what it wanted, or when it lost to
    // somebody and tries again: then what it read counts for nothing.
    unit.committed = !unit.isMulti && !unit.wrote && !storage.failed
    if (!unit.wrote) return
    for (const step of unit.steps) {
      if (step.kind === 'write') step.version.state = VersionState.aborted
    }
  }

  #close(storage: StorageTransaction): Unit | undefined {
    const open = this.#open
    for (let i = open.length - 1; i >= 0; i--) {
      const unit = open[i]!
      if (unit.storage !== storage) continue
      open.splice(i, 1)
      unit.ended = this.#position++
      unit.endedTick = this.#ticks++
      if (unit.steps.length > 0) this.units.push(unit)
      return unit
    }
    return undefined
  }

  /** From the last write to the first: only the last one of each object is there to stay. */
  #install(version: Version, unit: Unit): void {
    const { committed, others } = version.object
    const last = committed[committed.length - 1]
    if (last?.author === unit) {
      version.state = VersionState.intermediate
      others.push(version)
      return
    }
    version.state = VersionState.committed
    version.order = committed.length
    version.at = unit.ended
    committed.push(version)
  }

  // ---- from the executors ----

  found(op: OperationContext, collection: Collection, document: Document): void {
    const unit = this.#unitOf(op)
    if (unit === undefined) return
    const version = this.#made.get(document) ?? this.#initialOf(collection, document)
    unit.steps.push({
      kind: 'read',
      version,
      tick: this.#ticks++,
      statement: unit.actor.lastStatement,
    })
  }

  missed(op: OperationContext, collection: Collection, idKey: string): void {
    const unit = this.#unitOf(op)
    if (unit === undefined) return
    const object = this.#objectAt(collection.text, idKey, undefined)
    this.#known(object, undefined)
    unit.steps.push({
      kind: 'absent',
      object,
      tick: this.#ticks++,
      statement: unit.actor.lastStatement,
    })
  }

  queried(op: OperationContext, collection: Collection, filter: CompiledFilter): void {
    const unit = this.#unitOf(op)
    if (unit === undefined) return
    // Where there can be one document, finding it or not says everything.
    const id = filter.analysis.equalityId
    if (id !== undefined && filter.analysis.pureEqualities?.length === 1) {
      const object = this.#objectAt(collection.text, encodeIdKey(id.value), id.value)
      unit.steps.push({
        kind: 'absent',
        object,
        tick: this.#ticks++,
        statement: unit.actor.lastStatement,
      })
      return
    }
    unit.steps.push({
      kind: 'query',
      query: { collection: collection.text, filter },
      tick: this.#ticks++,
      statement: unit.actor.lastStatement,
    })
  }

  wrote(
    op: OperationContext,
    collection: Collection,
    before: Document | undefined,
    after: Document | undefined,
  ): void {
    const unit = this.#unitOf(op)
    if (unit === undefined) return
    unit.wrote = true
    const object =
      before === undefined
        ? this.#objectAt(collection.text, encodeIdKey(after!['_id']), after!['_id'])
        : (this.#made.get(before) ?? this.#initialOf(collection, before)).object
    this.#known(object, undefined)
    const version = new Version(object, after, unit)
    if (after !== undefined) this.#made.set(after, version)
    unit.steps.push({
      kind: 'write',
      version,
      tick: this.#ticks++,
      statement: unit.actor.lastStatement,
    })
  }

  #unitOf(op: OperationContext): Unit | undefined {
    if (this.actor === undefined) return undefined
    const { storage } = op
    const open = this.#open
    for (let i = open.length - 1; i >= 0; i--) {
      const unit = open[i]!
      if (unit.storage !== storage) continue
      if (op.inTransaction) unit.isMulti = true
      return unit
    }
    return undefined
  }

  /** A document that nobody of this schedule has made was there from the start. */
  #initialOf(collection: Collection, document: Document): Version {
    const known = this.#initial.get(document)
    if (known !== undefined) {
      this.#touch(known.object)
      return known
    }
    const id = document['_id']
    const object = this.#objectAt(collection.text, encodeIdKey(id), id)
    return this.#known(object, document)
  }

  /** What was there from the start, now that it is known, if it was not before. */
  #known(object: RecordedObject, document: Document | undefined): Version {
    if (object.initial === undefined) {
      const version = new Version(object, document, undefined)
      version.state = VersionState.committed
      object.initial = version
      object.committed.unshift(version)
      if (document !== undefined) this.#initial.set(document, version)
    }
    return object.initial
  }

  #objectAt(collection: string, idKey: string, id: unknown): RecordedObject {
    let objects = this.#byName.get(collection)
    if (objects === undefined) {
      objects = new Map()
      this.#byName.set(collection, objects)
    }
    let object = objects.get(idKey)
    if (object === undefined) {
      object = new RecordedObject(this.#objects++, collection, id)
      objects.set(idKey, object)
    }
    this.#touch(object)
    return object
  }

  #touch(object: RecordedObject): void {
    if (object.run === this.#run) return
    object.run = this.#run
    object.committed.length = 0
    if (object.initial !== undefined) object.committed.push(object.initial)
    object.others.length = 0
    this.objects.push(object)
  }
}
