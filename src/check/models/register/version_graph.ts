/**
 * What is known of the order of one register's versions. The initial one is before all others; more
 * follows only from what is assumed of the database, as the caller says:
 *
 * - writes follow reads: who read a version and wrote one, wrote a later one;
 * - keys are sequential: each process goes through a key's versions in their order;
 * - keys are linearizable: and all processes together, in real time.
 *
 * Source: Kingsbury, Alvaro: Elle (VLDB 2020), section 5.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import { stronglyConnectedComponents } from '../../graph/components.ts'
import { GraphBuilder } from '../../graph/dependency_graph.ts'
import type { TimeOrder } from '../../graph/edges.ts'
import { ANY_KIND, Edge } from '../../graph/edges.ts'
import { NEVER, type TransactionTable } from '../../history/transaction_table.ts'
import type { Access } from './accesses.ts'
import { INITIAL, type Register, type Writes } from './writes.ts'

export interface KeyAssumptions {
  readonly wfrKeys?: boolean
  readonly sequentialKeys?: boolean
  readonly linearizableKeys?: boolean
}

/** An earlier version and a later one of the same register. */
export interface VersionPair {
  readonly earlier: number
  readonly later: number
  /** Which order of time it was concluded from, if any. */
  readonly assumed: TimeOrder
}

/**
 * @param accesses those of one register, in the order of invocations
 * @returns pairs beyond "the initial one is before all others"; none where they contradict
 */
export function orderedVersions(
  register: Register,
  accesses: readonly Access[],
  table: TransactionTable,
  writes: Writes,
  assumptions: KeyAssumptions,
  findings: Finding[],
): VersionPair[] {
  const pairs: VersionPair[] = []
  if (assumptions.wfrKeys === true) {
    for (const { read, wrote } of accesses) {
      if (read !== undefined && wrote !== undefined) addPair(pairs, read, wrote, 'none')
    }
  }
  if (assumptions.sequentialKeys === true) addSequential(pairs, accesses, table)
  if (assumptions.linearizableKeys === true) addLinearizable(pairs, accesses, table)
  if (pairs.length === 0 || isAcyclic(pairs, register)) return pairs
  findings.push({
    type: 'cyclic-versions',
    assumed: weakestAssumption(pairs),
    transactions: [...new Set(accesses.map(({ transaction }) => transaction))],
    sentence:
      `By what is assumed of keys, the versions of ${JSON.stringify(register.name)} come before ` +
      `themselves: ${pairs.map((pair) => pairText(pair, register, writes)).join(', ')}.`,
  })
  return []
}

function addPair(pairs: VersionPair[], earlier: number, later: number, assumed: TimeOrder): void {
  if (earlier !== later) pairs.push({ earlier, later, assumed })
}

function weakestAssumption(pairs: readonly VersionPair[]): TimeOrder {
  if (pairs.some(({ assumed }) => assumed === 'realtime')) return 'realtime'
  return pairs.some(({ assumed }) => assumed === 'process') ? 'process' : 'none'
}

function firstVersion(access: Access): number | undefined {
  return access.read ?? access.wrote
}

function lastVersion(access: Access): number | undefined {
  return access.wrote ?? access.read
}

function addSequential(
  pairs: VersionPair[],
  accesses: readonly Access[],
  table: TransactionTable,
): void {
  const last = new Map<number, number>()
  for (const access of accesses) {
    const process = table.process[access.transaction]!
    const before = last.get(process)
    const first = firstVersion(access)
    if (before !== undefined && first !== undefined) addPair(pairs, before, first, 'process')
    const left = lastVersion(access)
    if (left !== undefined) last.set(process, left)
  }
}

/** For each access those that ended before it began, latest first, as far as they overlap. */
function addLinearizable(
  pairs: VersionPair[],
  accesses: readonly Access[],
  table: TransactionTable,
): void {
  const ended = accesses
    .filter(({ transaction }) => table.completedAt[transaction] !== NEVER)
    .sort((left, right) => completedAt(table, right) - completedAt(table, left))
  for (const access of accesses) {
    const invokedAt = table.invokedAt[access.transaction]!
    const first = firstVersion(access)
    if (first === undefined) continue
    let horizon = -1
    for (const other of ended) {
      if (completedAt(table, other) >= invokedAt) continue
      // Whoever ended before another of these began follows from that one.
      if (completedAt(table, other) < horizon) break
      horizon = Math.max(horizon, table.invokedAt[other.transaction]!)
      const left = lastVersion(other)
      if (left !== undefined) addPair(pairs, left, first, 'realtime')
    }
  }
}

function completedAt(table: TransactionTable, access: Access): number {
  return table.completedAt[access.transaction]!
}

function isAcyclic(pairs: readonly VersionPair[], register: Register): boolean {
  const versions = [INITIAL, ...register.versionOf.values()]
  const numbers = new Map(versions.map((version, at) => [version, at]))
  const graph = new GraphBuilder(versions.length)
  for (const version of register.versionOf.values()) graph.add(0, numbers.get(version)!, Edge.ww)
  for (const { earlier, later } of pairs) {
    graph.add(numbers.get(earlier)!, numbers.get(later)!, Edge.ww)
  }
  return !stronglyConnectedComponents(graph.finish(), ANY_KIND).anyCycle
}

function pairText({ earlier, later }: VersionPair, register: Register, writes: Writes): string {
  const value = (version: number) =>
    JSON.stringify(version === INITIAL ? register.initial : writes.value[version])
  return `${value(earlier)} before ${value(later)}`
}
