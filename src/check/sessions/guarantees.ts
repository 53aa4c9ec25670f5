/**
 * The session guarantees: what a process may expect of its own transactions one after another, even
 * where there is no isolation between processes.
 *
 * - monotonic reads: it does not read an older version than it has read before;
 * - read your writes: nor an older one than it has written before;
 * - monotonic writes: its writes take place in the order in which it made them, for everybody;
 * - writes follow reads: so do what it had read and what it wrote then.
 *
 * Each says of two versions of a key that one is not older than the other. Where the order of
 * versions is known, it is asked; where not, the guarantee holds if all it says has no cycle.
 *
 * Sources: Terry et al.: Session Guarantees for Weakly Consistent Replicated Data (PDIS 1994);
 * Bailis et al.: Highly Available Transactions (VLDB 2014).
 */
import type { Finding } from '../anomalies/anomaly.ts'
import type { AnomalyType } from '../anomalies/table.ts'
import { stronglyConnectedComponents } from '../graph/components.ts'
import { GraphBuilder } from '../graph/dependency_graph.ts'
import { ANY_KIND, Edge } from '../graph/edges.ts'
import type { Key } from '../history/events.ts'
import type { TransactionTable } from '../history/transaction_table.ts'
import { type PastStep, SessionPast } from './session_past.ts'
import { INITIAL_VERSION, type SessionStep, type SessionView } from './session_view.ts'

/** The anomaly that breaks each guarantee. */
const BROKEN_BY = {
  'monotonic-reads': 'non-monotonic-reads',
  'read-your-writes': 'own-write-missed',
  'monotonic-writes': 'non-monotonic-writes',
  'writes-follow-reads': 'write-without-its-reads',
} as const satisfies Record<string, AnomalyType>

type Guarantee = keyof typeof BROKEN_BY

/** One version of a key must not be older than another. */
interface Demand {
  readonly key: number
  readonly earlier: number
  readonly later: number
  /** Who demands it, of whom. */
  readonly transactions: readonly number[]
  readonly sentence: (name: string) => string
}

/** About as many demands as some seconds have. */
const DEMANDS_MAX = 20_000_000

/** Of those that no known order answers, so many fit. */
const OPEN_MAX = 500_000

/** @returns the first violation of each guarantee that is broken */
export function brokenGuarantees(
  table: TransactionTable,
  takesPart: Uint8Array,
  view: SessionView,
  keyName: (key: number) => Key,
): Finding[] | 'too large' {
  const demands = new Demands(table, takesPart, view)
  for (let transaction = 0; transaction < table.count; transaction++) {
    if (takesPart[transaction] === 1) demands.addOf(transaction)
    if (demands.count > DEMANDS_MAX || demands.openCount > OPEN_MAX) return 'too large'
  }
  return (Object.keys(BROKEN_BY) as Guarantee[]).flatMap((guarantee) => {
    const broken = violated(demands.of(guarantee), view)
    if (broken === undefined) return []
    const sentence = broken.sentence(JSON.stringify(keyName(broken.key)))
    return [{ type: BROKEN_BY[guarantee], transactions: broken.transactions, sentence }]
  })
}

/** Those demands that are not met already: one that can't be met, or one of a cycle of them. */
function violated(demands: readonly Demand[], view: SessionView): Demand | undefined {
  const refused = demands.find(
    ({ earlier, later }) => later === INITIAL_VERSION || view.isBefore(earlier, later) === false,
  )
  if (refused !== undefined || demands.length === 0) return refused
  const graph = new GraphBuilder(view.versions)
  for (const { earlier, later } of demands) graph.add(earlier, later, Edge.ww)
  const { of, anyCycle } = stronglyConnectedComponents(graph.finish(), ANY_KIND)
  if (!anyCycle) return undefined
  return demands.find(({ earlier, later }) => of[earlier] === of[later])
}

/** Goes through all sessions side by side and collects what each guarantee demands. */
class Demands {
  readonly #view: SessionView
  readonly #past: SessionPast
  readonly #found: Readonly<Record<Guarantee, Demand[]>> = {
    'monotonic-reads': [],
    'read-your-writes': [],
    'monotonic-writes': [],
    'writes-follow-reads': [],
  }

  /** How many demands there were, and how many of them are not met by what is known. */
  count = 0
  openCount = 0

  constructor(table: TransactionTable, takesPart: Uint8Array, view: SessionView) {
    this.#view = view
    this.#past = new SessionPast(table, takesPart, view)
  }

  of(guarantee: Guarantee): readonly Demand[] {
    return this.#found[guarantee]
  }

  addOf(transaction: number): void {
    const steps = this.#view.stepsOf(transaction)
    for (const step of steps) this.#addOwn(transaction, step)
    this.#addSeen(transaction, steps)
  }

  /** By what the same process did before. */
  #addOwn(transaction: number, { key, version, writes }: SessionStep): void {
    const does = writes ? 'wrote' : 'read'
    const reads = writes
      ? this.#past.readsUpTo(transaction, key)
      : this.#past.readsBefore(transaction, key)
    for (const past of reads) {
      if (this.#isMet(past.version, version)) continue
      this.#add(writes ? 'writes-follow-reads' : 'monotonic-reads', {
        key,
        earlier: past.version,
        later: version,
        transactions: [transaction, past.transaction],
        sentence: (name) => ownSentence(past.transaction, 'read', transaction, does, name),
      })
    }
    for (const past of this.#past.writesBefore(transaction, key)) {
      if (this.#isMet(past.version, version)) continue
      this.#add(writes ? 'monotonic-writes' : 'read-your-writes', {
        key,
        earlier: past.version,
        later: version,
        transactions: [transaction, past.transaction],
        sentence: (name) => ownSentence(past.transaction, 'written', transaction, does, name),
      })
    }
  }

  /** By what those did before whose writes a transaction has seen. */
  #addSeen(reader: number, steps: readonly SessionStep[]): void {
    /** By session: the last of its transactions that was seen. */
    const seen = new Map<number, number>()
    for (const { key, version, author, writes } of steps) {
      if (writes) continue
      for (const writer of seen.values()) {
        const demand = (past: PastStep, did: string): Demand => ({
          key,
          earlier: past.version,
          later: version,
          transactions: [reader, writer, past.transaction],
          sentence: (name) =>
            `T${reader} saw what T${writer} wrote, and then of ${name} an older version than ` +
            `T${past.transaction} of the same process had ${did} before.`,
        })
        for (const past of this.#past.writesBefore(writer, key)) {
          if (this.#isMet(past.version, version)) continue
          this.#add('monotonic-writes', demand(past, 'written'))
        }
        for (const past of this.#past.readsUpTo(writer, key)) {
          if (this.#isMet(past.version, version)) continue
          this.#add('writes-follow-reads', demand(past, 'read'))
        }
      }
      if (author < 0 || author === reader || !this.#past.knows(author)) continue
      const session = this.#past.sessionOf(author)
      if (author > (seen.get(session) ?? -1)) seen.set(session, author)
    }
  }

  #isMet(earlier: number, later: number): boolean {
    this.count++
    if (earlier === later || earlier === INITIAL_VERSION) return true
    return later !== INITIAL_VERSION && this.#view.isBefore(earlier, later) === true
  }

  #add(guarantee: Guarantee, demand: Demand): void {
    this.#found[guarantee].push(demand)
    this.openCount++
  }
}

function ownSentence(
  before: number,
  did: string,
  transaction: number,
  does: string,
  name: string,
): string {
  return (
    `T${before} had ${did} ${name}, and T${transaction} of the same process then ` +
    `${does} an older version of it.`
  )
}
