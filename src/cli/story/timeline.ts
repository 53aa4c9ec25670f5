import { invariant } from '../../invariant.ts'
import type { TraceEvent } from '../../sim/index.ts'
import { roundMs } from '../numbers.ts'
import type { ToldStatement } from './narrator.ts'
import type {
  Actor,
  Attempt,
  Lane,
  StatementSpan,
  Timeline,
  TransactionBar,
  TransactionEnd,
} from './story.ts'

/** Whose session it is, by the id of the session in hexadecimal groups, as traces name it. */
export type SessionOwners = ReadonlyMap<string, string>

/** What a timeline is made of. */
export interface TimelineParts {
  readonly actors: readonly Actor[]
  /** What the narrator wrote down. */
  readonly statements: readonly ToldStatement[]
  /** What the trace saw. */
  readonly events: readonly TraceEvent[]
  readonly owners: SessionOwners
  /** How long a transaction may live. */
  readonly lifetimeMs: number
  readonly endMs: number
}

/** What was typed and what the trace saw, brought together by actor. */
export function timelineOf(parts: TimelineParts): Timeline {
  const { actors, statements, events, endMs } = parts
  const conflicts = new Map<ToldStatement, Attempt[]>()
  for (const event of events) {
    if (event.what !== 'conflict') continue
    const statement = waitingAt(statements, msOf(event))
    const attempts = conflicts.get(statement) ?? []
    attempts.push({
      atMs: msOf(event),
      outcome: 'conflict',
      backoffMs: Number(event.detail?.['sleepUs']) / 1000,
    })
    conflicts.set(statement, attempts)
  }
  const bars = transactionBars(parts)
  const lanes: Lane[] = actors.map(({ id }) => ({
    who: id,
    transactions: bars.filter(({ who }) => who === id).map(({ bar }) => bar),
    statements: statements
      .filter(({ who }) => who === id)
      .map((statement) => spanOf(statement, conflicts.get(statement) ?? [])),
  }))
  return {
    endMs,
    lanes: lanes.filter((lane) => lane.statements.length + lane.transactions.length > 0),
  }
}

/**
 * The statement that a conflict of the server's own retry loop belongs to. Statements that end at
 * once never loop, so it is the one that goes on past this moment; the stories have one at a time.
 */
function waitingAt(statements: readonly ToldStatement[], atMs: number): ToldStatement {
  const waiting = statements.filter(
    ({ fromMs, toMs, attempts }) =>
      fromMs <= atMs && atMs <= toMs && fromMs < toMs && attempts.length === 0,
  )
  const [only] = waiting
  invariant(only !== undefined && waiting.length === 1, 'one statement of a story waits at a time')
  return only
}

function spanOf(statement: ToldStatement, conflicts: readonly Attempt[]): StatementSpan {
  const { text, fromMs, toMs, error } = statement
  const attempts =
    statement.attempts.length > 0
      ? statement.attempts
      : [...conflicts, { atMs: toMs, outcome: lastOutcome(error), backoffMs: 0 } as const]
  return { text, fromMs, toMs, ...(error !== undefined && { error }), attempts }
}

function lastOutcome(error: string | undefined): Attempt['outcome'] {
  if (error === undefined) return 'done'
  return error === 'WriteConflict' ? 'conflict' : 'failed'
}

/** Transactions as the server had them, in the order of their begin. */
function transactionBars({
  events,
  owners,
  lifetimeMs,
  endMs,
}: TimelineParts): { readonly who: string; readonly bar: TransactionBar }[] {
  const bars: { who: string; bar: TransactionBar }[] = []
  for (const event of events) {
    const who = ownerOf(event, owners)
    const txnNumber = Number(event.detail?.['txnNumber'])
    if (who === undefined || Number.isNaN(txnNumber)) continue
    const atMs = msOf(event)
    if (event.what === 'begin') {
      const expiresMs = atMs + lifetimeMs
      bars.push({ who, bar: { txnNumber, fromMs: atMs, toMs: endMs, expiresMs, end: 'open' } })
      continue
    }
    const index = bars.findIndex((one) => one.who === who && one.bar.txnNumber === txnNumber)
    const open = bars[index]
    if (open === undefined) continue
    bars[index] = { who, bar: { ...open.bar, toMs: atMs, end: endOf(event) } }
  }
  return bars
}

function endOf({ what, detail }: TraceEvent): TransactionEnd {
  if (what === 'commit') return 'committed'
  return detail?.['cause'] === 'expired' ? 'expired' : 'aborted'
}

function ownerOf({ who }: TraceEvent, owners: SessionOwners): string | undefined {
  for (const [session, owner] of owners) if (who.includes(session)) return owner
  return undefined
}

function msOf({ atUs }: TraceEvent): number {
  return roundMs(atUs / 1000)
}
