/** Which versions a transaction saw of others, and what is wrong with that by itself. */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { DocumentHistory, UnmatchedObject } from './history.ts'
import { shown, versionText } from './words.ts'

/** A transaction saw a version of an object that it had not written itself. */
export interface Sight {
  readonly reader: number
  readonly object: number
  readonly version: number
  /** Set where the version was seen by not matching a predicate. */
  readonly unmatched:
    | { readonly predicate: string; readonly matches: readonly boolean[] }
    | undefined
}

/** The sights of all who committed. */
export function sightsOf(history: DocumentHistory, findings: Finding[]): Sight[] {
  const sights: Sight[] = []
  history.transactions.forEach(({ committed, steps, isComposite }, reader) => {
    if (!committed) return
    /** The version that it left itself, by object. */
    const own = new Map<number, number>()
    for (const step of steps) {
      if (step.kind === 'write') own.set(step.object, step.version)
      else if (step.kind === 'read') see(step.object, step.version, own.get(step.object))
      else for (const one of step.unmatched) miss(step.predicate, one, own.has(one.object))
    }

    function see(object: number, version: number, written: number | undefined): void {
      if (written !== undefined && (version === written || isComposite !== true)) {
        if (written !== version) findings.push(contradiction(history, reader, object, version))
        return
      }
      const finding = findingOf(history, reader, object, version)
      if (finding !== undefined) findings.push(finding)
      else sights.push({ reader, object, version, unmatched: undefined })
    }

    function miss(predicate: string, one: UnmatchedObject, isOwn: boolean): void {
      if (isOwn) return
      const { object, version, matches } = one
      sights.push({ reader, object, version, unmatched: { predicate, matches } })
    }
  })
  return sights
}

/** What nobody may read who commits. */
function findingOf(
  history: DocumentHistory,
  reader: number,
  object: number,
  version: number,
): Finding | undefined {
  const { author, state } = history.objects[object]!.versions[version]!
  if (state === 'committed' || author === undefined || author === reader) return undefined
  const names = history.transactions
  const read = `${names[reader]!.name} read ${versionText(history, object, version)}`
  if (state === 'aborted') {
    return {
      type: 'G1a',
      transactions: [reader, author],
      sentence: `${read}, written by ${names[author]!.name}, which did not commit.`,
    }
  }
  return {
    type: 'G1b',
    transactions: [reader, author],
    sentence: `${read}, which ${names[author]!.name} had not finished writing.`,
  }
}

function contradiction(
  history: DocumentHistory,
  reader: number,
  object: number,
  version: number,
): Finding {
  const { value } = history.objects[object]!.versions[version]!
  const { name } = history.objects[object]!
  return {
    type: 'internal',
    transactions: [reader],
    sentence: `${history.transactions[reader]!.name} had written ${name}, and then read it as ${shown(value)}.`,
  }
}
