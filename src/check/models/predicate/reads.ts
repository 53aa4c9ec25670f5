/**
 * Which version a read saw. A predicate read sees one version of every object there is: of those it
 * returns, the value returned; of the others one that does not match, if it is known which.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { Predicate, ReadValue, Value } from '../../history/events.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import { show } from '../../wording.ts'
import { matches, type Objects, type PredicateObject, type Version } from './objects.ts'

/** A transaction saw a version of an object. */
export interface Sight {
  readonly reader: number
  readonly object: PredicateObject
  readonly version: Version
  /** By which predicate; undefined for a read of this object alone. */
  readonly predicate: Predicate | undefined
}

export function sightsOf(table: TransactionTable, objects: Objects, findings: Finding[]): Sight[] {
  const sights: Sight[] = []
  for (let reader = 0; reader < table.count; reader++) {
    if (table.outcome[reader] !== Outcome.committed) continue
    /** What a transaction wrote itself is no part of what it reads of others. */
    const own = new Set<PredicateObject>()
    for (const step of table.operations[reader]!) {
      if (step[0] === 'r') {
        const object = objects.objectOf(step[1])
        if (own.has(object)) continue
        const version = itemVersion(object, step[2], reader, findings)
        if (version !== undefined) sights.push({ reader, object, version, predicate: undefined })
      } else if (step[0] === 'rp') {
        const others = objects.all.filter((object) => !own.has(object))
        addPredicateSights(reader, step[1], step[2] ?? {}, others, sights, findings)
      } else {
        own.add(objects.objectOf(step[1]))
      }
    }
  }
  return sights
}

function itemVersion(
  object: PredicateObject,
  read: ReadValue,
  reader: number,
  findings: Finding[],
): Version | undefined {
  const wanted = read === null ? undefined : read
  const candidates = object.versions.filter(({ value }) => value === wanted)
  if (candidates.length === 0) findings.push(garbage(reader, object, read))
  // What was there from the start is dead if it is gone, provided that anybody killed it.
  const likely = object.isInitial && candidates.length > 1 ? candidates.slice(1) : candidates
  return likely.length === 1 ? likely[0] : undefined
}

function addPredicateSights(
  reader: number,
  predicate: Predicate,
  result: Readonly<Record<string, Value>>,
  objects: readonly PredicateObject[],
  sights: Sight[],
  findings: Finding[],
): void {
  for (const object of objects) {
    const name = String(object.name)
    const isReturned = Object.hasOwn(result, name)
    const candidates = object.versions.filter(({ value, author }) => {
      if (author === undefined && object.isInitial) return false
      return isReturned ? value === result[name] : !matches(predicate, value)
    })
    const [version] = candidates
    if (version === undefined) {
      findings.push(
        isReturned ? garbage(reader, object, result[name]!) : miss(reader, object, predicate),
      )
    } else if (candidates.length === 1) {
      sights.push({ reader, object, version, predicate })
    }
  }
}

function garbage(reader: number, object: PredicateObject, read: ReadValue): Finding {
  return {
    type: 'garbage-read',
    transactions: [reader],
    sentence: `T${reader} read ${show(object.name)} as ${show(read)}, which nobody wrote.`,
  }
}

function miss(reader: number, object: PredicateObject, predicate: Predicate): Finding {
  return {
    type: 'predicate-read-miss',
    transactions: [reader],
    sentence:
      `T${reader} read all that is ${show(predicate)} and did not see ${show(object.name)}, ` +
      'of which every version matches.',
  }
}
