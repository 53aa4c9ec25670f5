import type { Document } from '../../bson/index.ts'
import type {
  DocumentHistory,
  DocumentObject,
  DocumentStep,
  DocumentTransaction,
  DocumentVersion,
  UnmatchedObject,
} from '../../check/index.ts'
import { invariant } from '../../invariant.ts'
import type { HistoryRecorder, RecordedObject, Step, Unit, Version } from './recorder.ts'
import { VersionState } from './recorder.ts'
import { changedIn, touches, visibleTo } from './unmatched.ts'

/** What counts as one transaction: each one of the store's, or all that an actor does. */
export type HistoryUnit = 'transaction' | 'actor'

/** The number of a statement among those that were taken down, by its command. */
export type StatementNumbers = ReadonlyMap<Document, number>

/** Makes a document history of what was recorded. */
export function buildHistory(
  recorder: HistoryRecorder,
  unit: HistoryUnit,
  statements?: StatementNumbers,
): DocumentHistory {
  return new HistoryBuilder(recorder, unit, statements).build()
}

class HistoryBuilder {
  readonly #recorder: HistoryRecorder
  readonly #statements: StatementNumbers | undefined
  /** Units that make up a transaction each, in the order of their beginnings. */
  readonly #groups: Unit[][]
  readonly #groupOf = new Map<Unit, number>()
  readonly #objects: RecordedObject[] = []
  readonly #numbers = new Map<RecordedObject, number>()
  readonly #versions = new Map<Version, number>()

  constructor(recorder: HistoryRecorder, unit: HistoryUnit, statements?: StatementNumbers) {
    this.#recorder = recorder
    this.#statements = statements
    const units = recorder.units.toSorted((a, b) => a.began - b.began)
    this.#groups = unit === 'transaction' ? units.map((one) => [one]) : byActor(units)
    this.#groups.forEach((group, number) => {
      for (const one of group) this.#groupOf.set(one, number)
    })
  }

  build(): DocumentHistory {
    const objects = this.#recorder.objects.map((object) => this.#addObject(object))
    return { objects, transactions: this.#groups.map((group) => this.#transaction(group)) }
  }

  #addObject(object: RecordedObject): DocumentObject {
    this.#numbers.set(object, this.#objects.push(object) - 1)
    const aborted: Version[] = []
    for (const { steps } of this.#recorder.units) {
      for (const step of steps) {
        if (step.kind !== 'write' || step.version.object !== object) continue
        if (step.version.state === VersionState.aborted) aborted.push(step.version)
      }
    }
    const all = [...object.committed, ...object.others, ...aborted]
    for (const [at, version] of all.entries()) this.#versions.set(version, at)
    const id = JSON.stringify(object.id) ?? '?'
    return {
      name: `${this.#collectionName(object)}/${id}`,
      versions: all.map((version) => this.#version(version)),
    }
  }

  /** Without its database, where there is only one. */
  #collectionName({ collection }: RecordedObject): string {
    const database = collection.slice(0, collection.indexOf('.') + 1)
    const isOnly = this.#recorder.objects.every((other) => other.collection.startsWith(database))
    return isOnly ? collection.slice(database.length) : collection
  }

  #version({ author, state, document }: Version): DocumentVersion {
    return {
      author: author === undefined ? undefined : this.#groupOf.get(author),
      state: STATES[state]!,
      value: document,
    }
  }

  #transaction(group: Unit[]): DocumentTransaction {
    const first = group[0]!
    const { actor } = first
    const ofActor = this.#groups.filter((other) => other[0]!.actor === actor)
    const nth = ofActor.indexOf(group) + 1
    return {
      name: ofActor.length === 1 ? actor.name : `${actor.name}#${nth}`,
      process: actor.name,
      began: first.beganTick,
      ended: Math.max(...group.map(({ endedTick }) => endedTick)),
      committed: group.some(({ committed }) => committed),
      isComposite: group.length > 1,
      steps: group.flatMap((unit) =>
        unit.committed || group.length === 1 ? this.#steps(unit) : [],
      ),
    }
  }

  #steps(unit: Unit): DocumentStep[] {
    const steps: DocumentStep[] = []
    const seen = new Set<Version>()
    for (const step of unit.steps) {
      const made = this.#step(unit, step, seen)
      if (made !== undefined) steps.push({ ...made, ...this.#timeOf(step) })
    }
    return steps
  }

  #timeOf({ tick, statement: command }: Step): { readonly at: number } {
    const statement = command === undefined ? undefined : this.#statements?.get(command)
    return { at: tick, ...(statement !== undefined && { statement }) }
  }

  #step(unit: Unit, step: Step, seen: Set<Version>): DocumentStep | undefined {
    switch (step.kind) {
      case 'read':
      case 'write': {
        const { kind, version } = step
        if (kind === 'read' && seen.has(version)) return undefined
        seen.add(version)
        return this.#named(kind, version)
      }
      case 'absent': {
        if (touches(unit, step.object)) return undefined
        const version = visibleTo(unit, step.object)
        return version === undefined || version.document !== undefined
          ? undefined
          : this.#named('read', version)
      }
      case 'query': {
        const { collection, filter } = step.query
        const unmatched: UnmatchedObject[] = []
        for (const object of changedIn(this.#recorder, collection)) {
          const version = touches(unit, object) ? undefined : visibleTo(unit, object)
          // It may match and not have been wanted: beyond a limit.
          if (version === undefined || matches(filter, version)) continue
          unmatched.push({
            object: this.#numberOf(object),
            version: this.#versions.get(version)!,
            matches: object.committed.map((one) => matches(filter, one)),
          })
        }
        return { kind: 'query', predicate: JSON.stringify(filter.filter), unmatched }
      }
    }
  }

  #named(kind: 'read' | 'write', version: Version): DocumentStep {
    const at = this.#versions.get(version)
    invariant(at !== undefined, 'whatever was read or written is a version of its object')
    return { kind, object: this.#numberOf(version.object), version: at }
  }

  #numberOf(object: RecordedObject): number {
    return this.#numbers.get(object)!
  }
}

const STATES: Readonly<Record<number, DocumentVersion['state']>> = {
  [VersionState.committed]: 'committed',
  [VersionState.intermediate]: 'intermediate',
  [VersionState.aborted]: 'aborted',
}

function matches(
  filter: { readonly matches: (document: never) => boolean },
  { document }: Version,
): boolean {
  return document !== undefined && filter.matches(document as never)
}

function byActor(units: readonly Unit[]): Unit[][] {
  const groups = new Map<string, Unit[]>()
  for (const unit of units) {
    const group = groups.get(unit.actor.name)
    if (group === undefined) groups.set(unit.actor.name, [unit])
    else group.push(unit)
  }
  return [...groups.values()]
}
