import { HistoryError, type Key, type Predicate, type Value } from '../../history/events.ts'
import { Outcome, placeOf, type TransactionTable } from '../../history/transaction_table.ts'

/** An object is unborn, then inserted, then written, at last dead, and never born again. */
export const Stage = { unborn: 0, born: 1, written: 2, dead: 3 } as const

/** One version of an object. Of those of the same stage nobody knows the order. */
export interface Version {
  /** Undefined for the unborn version, of which nobody is the author. */
  readonly author: number | undefined
  readonly stage: number
  /** Undefined where the object does not exist. */
  readonly value: Value | undefined
}

export class PredicateObject {
  readonly name: Key
  readonly number: number
  readonly versions: Version[] = [{ author: undefined, stage: Stage.unborn, value: undefined }]
  /** Whether it was part of the initial state, and so never seen unborn. */
  isInitial = false

  constructor(name: Key, number: number) {
    this.name = name
    this.number = number
  }
}

/** All objects of a history, with the versions of those who committed. */
export interface Objects {
  readonly all: readonly PredicateObject[]
  objectOf(name: Key): PredicateObject
}

/** @throws HistoryError for steps of another model */
export function indexObjects(table: TransactionTable): Objects {
  const byName = new Map<string, PredicateObject>()
  const all: PredicateObject[] = []
  const objectOf = (name: Key): PredicateObject => {
    // What a predicate read returns is an object, whose keys are text.
    let object = byName.get(String(name))
    if (object === undefined) {
      object = new PredicateObject(name, all.length)
      byName.set(String(name), object)
      all.push(object)
    }
    return object
  }
  for (let transaction = 0; transaction < table.count; transaction++) {
    const committed = table.outcome[transaction] === Outcome.committed
    for (const step of table.operations[transaction]!) {
      if (step[0] === 'append') {
        const place = placeOf(table, transaction)
        throw new HistoryError(`${place}: a predicate history has no step 'append'`)
      }
      if (step[0] === 'r' || step[0] === 'rp') continue
      const object = objectOf(step[1])
      if (!committed) continue
      const value = step[0] === 'delete' ? undefined : step[2]
      object.versions.push({ author: transaction, stage: stageOf(step[0], object), value })
      if (table.isInitial[transaction] === 1) object.isInitial = true
    }
  }
  return { all, objectOf }
}

function stageOf(step: 'insert' | 'w' | 'delete', object: PredicateObject): number {
  if (step === 'insert') return Stage.born
  if (step === 'delete') return Stage.dead
  return object.versions.some(({ stage }) => stage === Stage.born) ? Stage.written : Stage.born
}

export function matches(predicate: Predicate, value: Value | undefined): boolean {
  if (value === undefined) return false
  if (predicate === 'true') return true
  if (predicate[0] === '=') return value === predicate[1]
  return typeof value === 'number' && value % predicate[1] === predicate[2]
}
