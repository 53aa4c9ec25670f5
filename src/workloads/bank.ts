import type { Random } from '../sim/index.ts'
import { initialDocument, readStamped, writeStamped } from './stamped.ts'
import type { Step, TransactionSource, Workload, WorkloadEvent } from './workload.ts'

const ACCOUNTS = [0, 1, 2, 3, 4] as const
const BALANCE = 100
const AMOUNT_MAX = 20
const TOTAL: number = ACCOUNTS.length * BALANCE

const AUDIT: readonly Step[] = ACCOUNTS.map((account) => ['r', account])

/**
 * Money moves between accounts, and audits read all of them at once: each must see the same total,
 * and no account is ever overdrawn.
 */
export const bank: Workload = {
  name: 'bank',
  summary: 'transfers between accounts, and audits that add them up',
  model: 'rw-register',
  assumptions: { wfrKeys: true },
  source: bankSource,
  prepare: (collection) =>
    collection.insertMany(ACCOUNTS.map((account) => initialDocument(account, BALANCE))),
  intent(step) {
    if (step[0] !== 'transfer') return [['r', step[1], null]]
    const [, from, to, , stamp] = step
    return [
      ['r', from, null],
      ['r', to, null],
      ['w', from, stamp],
      ['w', to, stamp],
    ]
  },
  async perform(step, collection, session, into) {
    const first = await readStamped(step[1], collection, session, into)
    if (step[0] !== 'transfer') return
    const [, from, to, amount, stamp] = step
    const second = await readStamped(to, collection, session, into)
    // Where there is not enough nothing moves, and is written all the same: steps do not depend on
    // what was read.
    const moved = first < amount ? 0 : amount
    await writeStamped({ key: from, number: first - moved, stamp }, collection, session, into)
    await writeStamped({ key: to, number: second + moved, stamp }, collection, session, into)
  },
  complaints: bankComplaints,
}

function bankSource(random: Random): TransactionSource {
  let stamp = 0
  return {
    next() {
      if (random.below(4) === 0) return AUDIT
      const from = random.below(ACCOUNTS.length)
      const to = (from + 1 + random.below(ACCOUNTS.length - 1)) % ACCOUNTS.length
      return [['transfer', from, to, 1 + random.below(AMOUNT_MAX), ++stamp]]
    },
    last: () => [AUDIT],
  }
}

function bankComplaints(events: readonly WorkloadEvent[]): string[] {
  const complaints: string[] = []
  for (const { type, index, process, numbers = {} } of events) {
    if (type !== 'ok') continue
    const who = `process ${process} (event ${index})`
    const balances = Object.entries(numbers)
    for (const [account, balance] of balances) {
      if (balance < 0) complaints.push(`${who} saw account ${account} at ${balance}`)
    }
    if (balances.length < ACCOUNTS.length) continue
    const total = balances.reduce((sum, [, balance]) => sum + balance, 0)
    if (total !== TOTAL) complaints.push(`${who} saw ${total} in all, and there is ${TOTAL}`)
  }
  return complaints
}
