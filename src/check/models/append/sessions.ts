import { Outcome } from '../../history/transaction_table.ts'
import type { SessionStep, SessionView } from '../../sessions/session_view.ts'
import { READ } from './appends.ts'
import type { KnownLists } from './known_lists.ts'
import { INITIAL } from './reads.ts'
import { UNREAD } from './version_orders.ts'

/** The versions of lists are their appends; those that were read come first, in their order. */
export function sessionsOf({ table, appends, versions, seen }: KnownLists): SessionView {
  const { author, firstStep, isLast, stepAppend, stepKey } = appends
  const { position } = versions
  return {
    versions: appends.count,
    stepsOf(transaction) {
      const steps: SessionStep[] = []
      for (let step = firstStep[transaction]!; step < firstStep[transaction + 1]!; step++) {
        const key = stepKey[step]!
        const append = stepAppend[step]!
        if (append !== READ) {
          if (isLast[append] === 0) continue
          steps.push({ key, version: append, author: transaction, writes: true })
        } else if (table.outcome[transaction] === Outcome.committed) {
          const version = seen[step]!
          const who = version === INITIAL ? -1 : author[version]!
          steps.push({ key, version, author: who, writes: false })
        }
      }
      return steps
    },
    isBefore(earlier, later) {
      if (position[earlier] === UNREAD) return position[later] === UNREAD ? undefined : false
      return position[later] === UNREAD || position[earlier]! < position[later]!
    },
  }
}
