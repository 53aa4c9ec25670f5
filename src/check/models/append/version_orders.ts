/**
 * The order in which a key's versions came to be. One read of a list tells the whole of it up to
 * there, so the longest list read is the order, and every other list must be a beginning of it.
 * Source: Kingsbury, Alvaro: Elle, VLDB 2020, section 4.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { Value } from '../../history/events.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import type { AppendKey, Appends } from './appends.ts'

export interface VersionOrders {
  /** For each key the numbers of its appends that were read, first to last. */
  readonly orders: readonly (readonly number[])[]
  /** For each append its place in its key's order; -1 where nobody read it. */
  readonly position: Int32Array
  /** For each key the appends that committed and nobody read: they come last, in some order. */
  readonly unread: readonly (readonly number[])[]
  /** For each transaction 1 where it committed, or must have, since what it wrote was read. */
  readonly takesPart: Uint8Array
}

/** Notes the longest list of each key, as committed transactions have read it. */
export function noteLongestReads(table: TransactionTable, appends: Appends): void {
  for (let transaction = 0; transaction < table.count; transaction++) {
    if (table.outcome[transaction] !== Outcome.committed) continue
    for (const step of table.operations[transaction]!) {
      if (step[0] !== 'r' || step[2] === null) continue
      const key = appends.keyOf(step[1])
      const list = step[2] as readonly Value[]
      if (list.length <= key.longest.length) continue
      key.longest = list
      key.longestReader = transaction
    }
  }
}

export function orderVersions(
  table: TransactionTable,
  appends: Appends,
  findings: Finding[],
): VersionOrders {
  const position = new Int32Array(appends.author.length).fill(-1)
  const takesPart = new Uint8Array(table.count)
  for (let transaction = 0; transaction < table.count; transaction++) {
    if (table.outcome[transaction] === Outcome.committed) takesPart[transaction] = 1
  }
  const orders = appends.keys.map((key) => orderOf(key, position, findings))
  for (const order of orders) {
    for (const append of order) {
      const author = appends.author[append]!
      if (table.outcome[author] === Outcome.unknown) takesPart[author] = 1
    }
  }
  const unread = appends.keys.map((key) => unreadAppends(key, position, takesPart, appends))
  for (const key of appends.keys)
    noteDirtyUpdate(key, orders[key.number]!, table, appends, findings)
  return { orders, position, unread, takesPart }
}

/** Elements that nobody appended are passed over here: their readers are told off elsewhere. */
function orderOf(key: AppendKey, position: Int32Array, findings: Finding[]): number[] {
  const order: number[] = []
  for (const element of key.longest) {
    const append = key.appendOf.get(element)
    if (append === undefined) continue
    if (position[append] !== -1) {
      findings.push({
        type: 'duplicate-elements',
        transactions: [key.longestReader],
        sentence: `T${key.longestReader} read ${show(element)} twice in ${show(key.name)}: ${show(key.longest)}.`,
      })
      continue
    }
    position[append] = order.length
    order.push(append)
  }
  return order
}

function unreadAppends(
  key: AppendKey,
  position: Int32Array,
  takesPart: Uint8Array,
  appends: Appends,
): number[] {
  if (key.appendOf.size === key.longest.length) return []
  const unread: number[] = []
  for (const append of key.appendOf.values()) {
    if (position[append] === -1 && takesPart[appends.author[append]!] === 1) unread.push(append)
  }
  return unread
}

/** What committed on top of an aborted write contains it, wherever else it was read. */
function noteDirtyUpdate(
  key: AppendKey,
  order: readonly number[],
  table: TransactionTable,
  appends: Appends,
  findings: Finding[],
): void {
  let dirty = -1
  for (const append of order) {
    const author = appends.author[append]!
    if (table.outcome[author] === Outcome.aborted) {
      dirty = author
    } else if (dirty >= 0) {
      findings.push({
        type: 'dirty-update',
        transactions: [author, dirty],
        sentence:
          `T${author} appended to ${show(key.name)} on top of what T${dirty} had appended, ` +
          `and T${dirty} aborted.`,
      })
      return
    }
  }
}

function show(value: unknown): string {
  return JSON.stringify(value)
}
