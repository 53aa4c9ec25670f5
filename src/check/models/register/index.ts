/**
 * The model rw-register: transactions write unique values to registers and read them. A read says
 * who wrote what it saw, but not in which order versions came; that is known in part, assumed in
 * part if the caller says so, and searched for completely where the history is small enough.
 */
import type { Finding } from '../../anomalies/anomaly.ts'
import type { Value } from '../../history/events.ts'
import type { TransactionTable } from '../../history/transaction_table.ts'
import type { Footprint, Interpretation } from '../model.ts'
import { type Access, accessesOf } from './accesses.ts'
import { RegisterDecision, TRANSACTIONS_MAX } from './complete.ts'
import { RegisterEdges } from './edges.ts'
import { findLostUpdates } from './lost_updates.ts'
import { checkCausal, checkReadAtomic } from './saturation.ts'
import { sessionsOf } from './sessions.ts'
import { type KeyAssumptions, orderedVersions } from './version_graph.ts'
import { INITIAL, indexWrites, type Writes } from './writes.ts'

export type { KeyAssumptions } from './version_graph.ts'

export interface RegisterOptions extends KeyAssumptions {
  /** What registers held at first, by key; a read of null, or of that, is a read of it. */
  readonly initial?: Readonly<Record<string, Value>>
}

export function interpretRegisters(
  table: TransactionTable,
  options: RegisterOptions = {},
): Interpretation {
  const findings: Finding[] = []
  const writes = indexWrites(table, options.initial ?? {})
  const accesses = accessesOf(table, writes, findings)
  const byRegister: Access[][] = writes.registers.map(() => [])
  for (const access of accesses) byRegister[access.register.number]!.push(access)
  const pairs = writes.registers.map((register) => {
    const own = byRegister[register.number]!
    findLostUpdates(register, own, writes, findings)
    return orderedVersions(register, own, table, writes, options, findings)
  })
  checkReadAtomic({ table, writes, accesses }, findings)
  const causal = checkCausal({ table, writes, accesses }, findings)
  const isSmall = table.count <= TRANSACTIONS_MAX
  const edges = new RegisterEdges(writes, byRegister, pairs)
  const decision = new RegisterDecision(table, writes, byRegister, pairs)
  return {
    takesPart: writes.takesPart,
    findings,
    certainty: { causal, snapshots: false, serializability: false },
    ...(isSmall ? { decision: () => decision } : {}),
    sessions: () => sessionsOf(table, writes),
    footprint: footprintOf(writes, accesses),
    addEdges: (graph) => edges.addTo(graph),
    describe: (edge) => edges.describe(edge),
    keyName: (about) => writes.registers[about]!.name,
  }
}

function footprintOf(writes: Writes, accesses: readonly Access[]): Footprint {
  return {
    visitWrites(visit) {
      for (const { transaction, register, wrote } of accesses) {
        if (wrote !== undefined) visit(transaction, register.number)
      }
    },
    visitReads(visit) {
      for (const { transaction, register, read, alsoRead = [] } of accesses) {
        for (const version of [read, ...alsoRead]) {
          if (version === undefined) continue
          const author = version === INITIAL ? -1 : writes.author[version]!
          if (version === INITIAL || author >= 0) visit(transaction, register.number, author)
        }
      }
    },
  }
}
