import type { Palimpsest } from '../palimpsest.ts'

/** So many rounds of time, until what was interrupted must have ended. */
const ROUNDS_MAX = 1000
const ROUND_MS = 10

/**
 * Ends all that is under way, as a server does that shuts down, so that what is committed can be
 * kept: transactions in progress are aborted, operations interrupted.
 */
export async function quiesce(sim: Palimpsest): Promise<void> {
  const { engine, waiting } = sim.server
  const { openTransactions, scheduler } = engine.services
  for (let round = 0; round < ROUNDS_MAX; round++) {
    for (const { op } of waiting.values()) op.kill(INTERRUPTION.code, INTERRUPTION.message)
    for (const open of [...openTransactions]) open.abort('killed')
    scheduler.drain()
    if (engine.operations.size === 0 && openTransactions.size === 0) return
    // An interruption is noticed when the sleep ends that it came into.
    if (sim.clock.mode === 'real') await sim.clock.sleep(ROUND_MS)
    else await sim.clock.advance(ROUND_MS)
  }
}

/** Source: what operations end with when the server shuts down, kill code InterruptedAtShutdown. */
const INTERRUPTION = { code: 11600, message: 'interrupted at shutdown' }
