import type { DocumentHistory, DocumentStep, UnmatchedObject } from '../models/documents/history.ts'
import { shown, versionText } from '../models/documents/words.ts'
import type { ToldHistory, ToldStep } from './told_history.ts'

/** A document history in words. */
export function tellDocuments(
  history: DocumentHistory,
  names: ((transaction: number) => string) | undefined,
): ToldHistory {
  const { transactions } = history
  const lanes = [...new Set(transactions.map(({ process }) => process))]
  return {
    count: transactions.length,
    lanes,
    laneOf: (transaction) => lanes.indexOf(transactions[transaction]!.process),
    nameOf: names ?? ((transaction) => transactions[transaction]!.name),
    outcomeOf: (transaction) => (transactions[transaction]!.committed ? 'committed' : 'aborted'),
    beganAt: (transaction) => transactions[transaction]!.began,
    endedAt: (transaction) => transactions[transaction]!.ended,
    stepsOf: (transaction) =>
      transactions[transaction]!.steps.map((step) => ({
        ...toldStep(history, step),
        ...(step.at !== undefined && { at: step.at }),
        ...(step.statement !== undefined && { statement: step.statement }),
      })),
    sees,
  }
}

function toldStep(history: DocumentHistory, step: DocumentStep): ToldStep {
  if (step.kind === 'query') {
    const text = `look for ${step.predicate}`
    return { kind: 'query', key: undefined, text, value: unmatchedBy(history, step.unmatched) }
  }
  const { name, versions } = history.objects[step.object]!
  if (step.kind === 'read') {
    const text = `read ${versionText(history, step.object, step.version)}`
    return { kind: 'read', key: name, text, value: step.version }
  }
  const { value } = versions[step.version]!
  const text = value === undefined ? `delete ${name}` : `write ${name} = ${shown(value)}`
  return { kind: 'write', key: name, text, value: step.version }
}

/** Which version of each object a query saw by not matching it, by the object's name. */
function unmatchedBy(
  history: DocumentHistory,
  unmatched: readonly UnmatchedObject[],
): ReadonlyMap<string, number> {
  return new Map(unmatched.map(({ object, version }) => [history.objects[object]!.name, version]))
}

function sees(reader: ToldStep, writer: ToldStep): boolean {
  if (reader.kind !== 'query') return reader.value === writer.value
  return (reader.value as ReadonlyMap<unknown, number>).get(writer.key) === writer.value
}
