import type { Key } from '../../history/events.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import type { SessionStep, SessionView } from '../../sessions/session_view.ts'
import { INITIAL, type Writes } from './writes.ts'

/** Of the versions of registers nobody knows the order. */
export function sessionsOf(table: TransactionTable, writes: Writes): SessionView {
  return {
    versions: writes.author.length,
    stepsOf(transaction) {
      const steps: SessionStep[] = []
      const own = new Set<Key>()
      for (const step of table.operations[transaction]!) {
        const register = writes.registerOf(step[1] as Key)
        const key = register.number
        if (step[0] === 'w') {
          own.add(step[1])
          const version = register.versionOf.get(step[2])!
          if (writes.isLast[version] === 0) continue
          steps.push({ key, version, author: transaction, writes: true })
        } else if (step[0] === 'r' && !own.has(step[1])) {
          if (table.outcome[transaction] !== Outcome.committed) continue
          const version = register.versionRead(step[2])
          const author = version === INITIAL ? -1 : writes.author[version]!
          steps.push({ key, version, author, writes: false })
        }
      }
      return steps
    },
    isBefore: () => undefined,
  }
}
