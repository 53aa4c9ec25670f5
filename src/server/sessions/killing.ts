import type { Engine } from '../../engine/index.ts'
import type { Invocation } from '../invocation.ts'
import type { ServerState } from '../state.ts'
import type { Sessions } from './catalog.ts'
import type { Session } from './session.ts'

/**
 * Source: the message of an operation killed by killOp and killSessions (operation_context.cpp).
 */
export const INTERRUPTED: { readonly code: number; readonly message: string } = {
  code: 11601,
  message: 'operation was interrupted',
}

/**
 * Kills what runs under sessions, in the server's order: open transactions first, then operations,
 * then cursors. The sessions themselves stay usable. Source: kill_sessions_local.cpp (8.0).
 */
export function killSessions(
  engine: Engine,
  sessions: readonly Session[],
  waiting: Iterable<Invocation>,
): void {
  const doomed = new Set(sessions)
  for (const session of doomed) session.killTransaction('killed', INTERRUPTED)
  for (const invocation of waiting) {
    if (invocation.session === undefined || !doomed.has(invocation.session)) continue
    invocation.op.kill(INTERRUPTED.code, INTERRUPTED.message)
  }
  const keys = new Set(sessions.map((session) => session.id.key))
  engine.cursors.killWhere(({ origin }) => origin.session !== undefined && keys.has(origin.session))
}

/** Ends sessions for good: what runs under them is killed, and they are forgotten. */
export function endSessions(
  engine: Engine,
  catalog: Sessions,
  ended: readonly Session[],
  waiting: Iterable<Invocation>,
): void {
  killSessions(engine, ended, waiting)
  // A session whose operation has not stopped yet is found again by whoever comes next.
  for (const session of ended) if (session.isFree) catalog.delete(session)
}

/** What the three commands that kill sessions have in common. */
export function killFound(server: ServerState, found: Iterable<Session | undefined>): void {
  const doomed = [...found].filter((session) => session !== undefined)
  killSessions(server.engine, doomed, server.waiting.values())
}
