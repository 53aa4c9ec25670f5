import { Long } from 'bson'
import type { Document } from '../../bson/index.ts'
import type { OpDebug } from '../op_debug.ts'

/** Who acquired, as far as it changes the numbers. */
export interface LockUse {
  readonly debug: OpDebug
  readonly isWrite: boolean
  /** A retryable write commits its session record too, under one more intent of each level. */
  readonly wroteSession: boolean
}

/**
 * The `locks` of a profile entry: how often each level was acquired, in intent shared (r) and
 * intent exclusive (w) mode. An attempt takes one intent on each level, so a write that met n
 * conflicts took n + 1; reads outside a transaction are lock-free below the global level. Source:
 * `LockStats::report`, lock_stats.cpp, and an 8.0 server's own entries.
 */
export function locksDocument(use: LockUse): Document {
  const { debug } = use
  const session = use.wroteSession ? 1 : 0
  const writes = debug.exclusiveAcquisitions + session
  if (!use.isWrite || writes === 0) {
    const reads = Math.max(1, debug.sharedAcquisitions)
    return { Global: acquired({ r: reads }) }
  }
  return {
    ReplicationStateTransition: acquired({ w: writes }),
    Global: acquired({ r: 1, w: writes }),
    Database: acquired({ w: writes }),
    Collection: acquired({ w: writes }),
  }
}

/**
 * One flow-control ticket for each outermost intent-exclusive acquisition; none in a transaction.
 */
export function flowControlDocument(debug: OpDebug): Document {
  if (debug.flowControlTickets === 0) return {}
  return { acquireCount: Long.fromNumber(debug.flowControlTickets) }
}

function acquired(modes: { readonly r?: number; readonly w?: number }): Document {
  const acquireCount: Document = {}
  if (modes.r !== undefined) acquireCount['r'] = Long.fromNumber(modes.r)
  if (modes.w !== undefined) acquireCount['w'] = Long.fromNumber(modes.w)
  return { acquireCount }
}
