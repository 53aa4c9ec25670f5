import type { Palimpsest } from '../palimpsest.ts'
import { machineMs, machineSleep } from '../sim/index.ts'

/**
 * A store is saved and restored at rest: nobody is in the middle of anything. Clients at the other
 * end of a socket can't be asked whether they are, only watched: once none of them said anything
 * for a while, they are taken to be done. All times here are the machine's own, whatever clock the
 * simulator runs on and whatever fake timers a test has installed.
 */

/**
 * A step of a client's that follows on another, such as the indexes that Mongoose makes one by one,
 * comes within a few milliseconds.
 */
const QUIET_MS = 20

/** How often we look. */
const LOOK_MS = 2

/** What moves as clients do something; equal where nothing happened in between. */
export function activityOf(sim: Palimpsest): string {
  return `${sim.clock.outsideMoves} ${sim.server.connectionCount}`
}

/** Waits until clients are quiet, or for so long. */
export async function untilQuiet(sim: Palimpsest, limitMs: number): Promise<void> {
  const end = machineMs() + limitMs
  let seen = activityOf(sim)
  let sinceMs = machineMs()
  while (machineMs() - sinceMs < QUIET_MS && machineMs() < end) {
    await machineSleep(LOOK_MS)
    const activity = activityOf(sim)
    if (activity === seen) continue
    seen = activity
    sinceMs = machineMs()
  }
}

/** Waits until no operation is under way, or for so long. */
export async function untilIdle(sim: Palimpsest, limitMs: number): Promise<void> {
  const { operations } = sim.server.engine
  const end = machineMs() + limitMs
  while (operations.size > 0 && machineMs() < end) await machineSleep(LOOK_MS)
}

/** Lets what was sent already come in: a few iterations of the event loop. */
export async function letArrive(sim: Palimpsest): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => sim.clock.afterTurn(resolve))
  }
}

const INTERRUPTED = { code: 11601, message: 'operation was interrupted' }
const CURSOR_KILLED = {
  code: 237,
  message: 'operation was interrupted because the cursor was killed',
}

/**
 * Ends open transactions, and reads that wait for documents to come: a restore ends them anyway,
 * and others may be waiting behind them.
 */
export function endWhatIsOpen(sim: Palimpsest): void {
  const { server } = sim
  for (const session of [...server.openTransactions()]) {
    session.killTransaction('killed', INTERRUPTED)
  }
  for (const { descriptor, op } of server.waiting.values()) {
    if (descriptor.name === 'getMore') op.kill(CURSOR_KILLED.code, CURSOR_KILLED.message)
  }
  server.services.scheduler.drain()
}

/**
 * Kills every operation under way. Some sleeps are not interruptible; so where only a test moves
 * time, it is moved on until they are over.
 *
 * @returns what they were
 */
export async function killOperations(sim: Palimpsest): Promise<string[]> {
  const { engine, services } = sim.server
  const killed = engine.operations.values().map((op) => `${op.name} (operation ${op.opId})`)
  for (const op of engine.operations.values()) op.kill(INTERRUPTED.code, INTERRUPTED.message)
  services.scheduler.drain()
  for (let step = 0; step < STEPS_MAX && engine.operations.size > 0; step++) {
    if (sim.clock.mode === 'manual') await sim.clock.advance(STEP_MS)
    else await untilIdle(sim, STEP_MS)
  }
  return killed
}

/** The longest sleep that nobody may interrupt, by the default backoff; and some of them. */
const STEP_MS = 100
const STEPS_MAX = 10
