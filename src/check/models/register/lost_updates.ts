import type { Finding } from '../../anomalies/anomaly.ts'
import type { Access } from './accesses.ts'
import { INITIAL, type Register, type Writes } from './writes.ts'

/** Two transactions that read the same version of a register and both wrote it. */
export function findLostUpdates(
  register: Register,
  accesses: readonly Access[],
  writes: Writes,
  findings: Finding[],
): void {
  const updaters = new Map<number, number>()
  for (const { read, wrote, transaction } of accesses) {
    if (read === undefined || wrote === undefined) continue
    const other = updaters.get(read)
    if (other === undefined) {
      updaters.set(read, transaction)
      continue
    }
    const value = JSON.stringify(read === INITIAL ? register.initial : writes.value[read])
    findings.push({
      type: 'lost-update',
      transactions: [other, transaction],
      sentence:
        `T${other} and T${transaction} both read ${JSON.stringify(register.name)} as ${value}, ` +
        'and both overwrote it.',
    })
  }
}
