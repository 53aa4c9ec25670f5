import { type Document, isDocument } from '../../bson/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { ENVELOPE_FIELDS } from '../envelope.ts'
import type { Invocation } from '../invocation.ts'
import { operationsOf } from '../operation_report.ts'
import { isTrue } from '../truth.ts'

/** Options of the command; every other field is part of a filter on what is listed. */
const OPTIONS: ReadonlySet<string> = new Set(['currentOp', '$all', '$ownOps', '$truncateOps'])

/**
 * What runs now, and transactions that are open while nothing runs in them.
 * Source: current_op_common.cpp (8.0).
 */
export const currentOp = {
  name: 'currentOp',
  target: 'database',
  secondaryAllowed: 'always',
  strict: false,
  adminOnly: true,
  countsAsCommand: true,
  run(invocation: Invocation): Document {
    const { server, command } = invocation
    const inprog = operationsOf(invocation, {
      idleSessions: true,
      idleConnections: isTrue(command['$all']),
      idleCursors: false,
      truncateOps: command['$truncateOps'] === undefined || isTrue(command['$truncateOps']),
      ownOnly: isTrue(command['$ownOps']),
    })
    const filter = filterOf(command)
    const isWanted = filter === undefined ? undefined : server.services.filters.compile(filter)
    const found = isWanted === undefined ? inprog : inprog.filter(isWanted.matches)
    if (!server.fsyncLock.isHeld) return { inprog: found, ok: 1 }
    const info = 'use db.fsyncUnlock() to terminate the fsync write/snapshot lock'
    return { inprog: found, fsyncLock: true, info, ok: 1 }
  },
} as const satisfies CommandDescriptor

function filterOf(command: Document): Document | undefined {
  const asked = Object.entries(command).filter(
    ([name]) => !OPTIONS.has(name) && !(name in ENVELOPE_FIELDS),
  )
  if (asked.length === 0) return undefined
  const filter = Object.fromEntries(asked)
  return isDocument(filter) ? filter : undefined
}
