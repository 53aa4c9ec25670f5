/** Two who read the same version of a document, and both overwrote it. */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { DocumentHistory } from './history.ts'
import type { Sight } from './reads.ts'
import { versionText } from './words.ts'

export function lostUpdates(history: DocumentHistory, sights: readonly Sight[]): Finding[] {
  const findings: Finding[] = []
  /** Who read a version and wrote the object, by object and version. */
  const overwriters = new Map<string, number>()
  const told = new Set<string>()
  for (const { reader, object, version, unmatched } of sights) {
    if (unmatched !== undefined || !writes(history, reader, object)) continue
    const key = `${object}/${version}`
    const first = overwriters.get(key)
    if (first === undefined) overwriters.set(key, reader)
    else if (first !== reader && !told.has(key)) {
      told.add(key)
      const [one, other] = [history.transactions[first]!.name, history.transactions[reader]!.name]
      findings.push({
        type: 'lost-update',
        transactions: [first, reader],
        sentence: `${one} and ${other} both read ${versionText(history, object, version)}, and both overwrote it: one of the two updates is lost.`,
      })
    }
  }
  return findings
}

function writes(history: DocumentHistory, transaction: number, object: number): boolean {
  return history.objects[object]!.versions.some(
    ({ author, state }) => author === transaction && state === 'committed',
  )
}
