import { Outcome } from '../../history/transaction_table.ts'
import type { Footprint } from '../model.ts'
import { READ } from './appends.ts'
import type { KnownLists } from './known_lists.ts'
import { INITIAL } from './reads.ts'

/** A list's version is that of its last append; whoever made it is who was read. */
export function footprintOf({ table, appends, versions, seen }: KnownLists): Footprint {
  const { author, firstStep, stepAppend, stepKey, isLast } = appends
  return {
    visitWrites(visit) {
      for (let step = 0; step < stepAppend.length; step++) {
        const append = stepAppend[step]!
        if (append === READ || isLast[append] === 0) continue
        if (versions.takesPart[author[append]!] === 1) visit(author[append]!, stepKey[step]!)
      }
    },
    visitReads(visit) {
      for (let reader = 0; reader < table.count; reader++) {
        if (table.outcome[reader] !== Outcome.committed) continue
        for (let step = firstStep[reader]!; step < firstStep[reader + 1]!; step++) {
          if (stepAppend[step] !== READ) continue
          const version = seen[step]!
          visit(reader, stepKey[step]!, version === INITIAL ? -1 : author[version]!)
        }
      }
    },
  }
}
