/**
 * The order in which a key's versions came to be. One read of a list tells the whole of it up to
 * there, so the longest list read is the order, and every other list must be a beginning of it.
 * Source: Kingsbury, Alvaro: Elle, VLDB 2020, section 4.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import { Outcome, type TransactionTable } from '../../history/transaction_table.ts'
import { show } from '../../wording.ts'
import type { AppendKey, Appends } from './appends.ts'

/** The place of an append that nobody read. */
export const UNREAD = -1

export interface VersionOrders {
  /** The appends that were read, key by key, first to last. */
  readonly order: Int32Array
  /** By key: where its order begins; that of the next key begins where it ends. */
  readonly orderStart: Int32Array
  /** By append: its place in its key's order, or `UNREAD`. */
  readonly position: Int32Array
  /** By key: 1 where its longest list has no element twice, of nobody, or of who aborted. */
  readonly isClean: Uint8Array
  /** By key, where there are any: appends that committed and nobody read. They come last. */
  readonly unread: ReadonlyMap<number, readonly number[]>
  /** By transaction: 1 where it committed, or must have, since what it wrote was read. */
  readonly takesPart: Uint8Array
}

export function orderVersions(
  table: TransactionTable,
  appends: Appends,
  findings: Finding[],
): VersionOrders {
  const { keys, author } = appends
  const position = new Int32Array(appends.count).fill(UNREAD)
  const takesPart = new Uint8Array(table.count)
  for (let transaction = 0; transaction < table.count; transaction++) {
    if (table.outcome[transaction] === Outcome.committed) takesPart[transaction] = 1
  }
  const order = new Int32Array(appends.count)
  const orderStart = new Int32Array(keys.length + 1)
  const isClean = new Uint8Array(keys.length)
  let filled = 0
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!
    filled = addOrder(key, appends, position, order, filled, findings)
    orderStart[at + 1] = filled
    isClean[at] = filled - orderStart[at]! === key.longest.length ? 1 : 0
    let dirty = -1
    for (let place = orderStart[at]!; place < filled; place++) {
      const writer = author[order[place]!]!
      const outcome = table.outcome[writer]
      if (outcome === Outcome.unknown) takesPart[writer] = 1
      if (outcome === Outcome.aborted) {
        isClean[at] = 0
        dirty = writer
      } else if (dirty >= 0) {
        findings.push(dirtyUpdate(key, writer, dirty))
        dirty = -1
      }
    }
  }
  const unread = unreadAppends(appends, position, takesPart)
  return { order: order.subarray(0, filled), orderStart, position, isClean, unread, takesPart }
}

/**
 * Elements that nobody appended are passed over here: their readers are told off elsewhere.
 *
 * @returns up to where the order is filled
 */
function addOrder(
  key: AppendKey,
  appends: Appends,
  position: Int32Array,
  order: Int32Array,
  from: number,
  findings: Finding[],
): number {
  let filled = from
  for (let at = 0; at < key.longest.length; at++) {
    const element = key.longest[at]!
    const append = appends.find(key.number, element)
    if (append < 0) continue
    if (position[append] !== UNREAD) {
      findings.push({
        type: 'duplicate-elements',
        transactions: [key.longestReader],
        sentence: `T${key.longestReader} read ${show(element)} twice in ${show(key.name)}: ${show(key.longest)}.`,
      })
      continue
    }
    position[append] = filled - from
    order[filled++] = append
  }
  return filled
}

function unreadAppends(
  { count, author, keyOf }: Appends,
  position: Int32Array,
  takesPart: Uint8Array,
): Map<number, number[]> {
  const unread = new Map<number, number[]>()
  for (let append = 0; append < count; append++) {
    if (position[append] !== UNREAD || takesPart[author[append]!] === 0) continue
    const key = keyOf[append]!
    const known = unread.get(key)
    if (known === undefined) unread.set(key, [append])
    else known.push(append)
  }
  return unread
}

/** What committed on top of an aborted write contains it, wherever else it was read. */
function dirtyUpdate(key: AppendKey, writer: number, dirty: number): Finding {
  return {
    type: 'dirty-update',
    transactions: [writer, dirty],
    sentence:
      `T${writer} appended to ${show(key.name)} on top of what T${dirty} had appended, ` +
      `and T${dirty} aborted.`,
  }
}
