import type { Anomaly } from '../check/index.ts'

/** What would help against an anomaly, in a sentence or two; nothing where there is no advice. */
export function remedyFor({ type }: Anomaly): string | undefined {
  if (type === 'lost-update') {
    return (
      'Let one statement read and write ($inc, findOneAndUpdate), put the version that was read ' +
      'into the filter of the write and try again where nothing matched, or do both in one ' +
      'transaction by withTransaction.'
    )
  }
  if (type.startsWith('G2')) {
    return (
      'Let both transactions write a document that both of them read (an $inc of a counter on the ' +
      'document that the rule is about), so that one of them meets a write conflict and runs ' +
      'again; or let a unique index guard the rule.'
    )
  }
  if (type.startsWith('G-single') || type.startsWith('G-nonadjacent') || type === 'G1c') {
    return 'Read all that belongs together in one transaction, which reads from one snapshot.'
  }
  if (type.startsWith('G0')) return 'Do the writes that belong together in one transaction.'
  if (type === 'fractured-read' || type === 'internal') {
    return 'Do the reads that belong together in one transaction.'
  }
  return undefined
}
