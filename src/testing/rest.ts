import type { OperationContext } from '../engine/index.ts'
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

/** Operations under way; who only waits for something to happen is in nobody's way. */
function busyOperations(sim: Palimpsest): readonly OperationContext[] {
  return sim.server.engine.operations.values().filter(({ isParked }) => !isParked)
}

/** Waits until no operation is under way, or for so long. Says whether that came to be. */
export async function untilIdle(sim: Palimpsest, limitMs: number): Promise<boolean> {
  const end = machineMs() + limitMs
  while (busyOperations(sim).length > 0) {
    if (machineMs() >= end) return false
    await machineSleep(LOOK_MS)
  }
  return true
}

/** Lets what was sent already come in: a few iterations of the event loop. */
export async function letArrive(sim: Palimpsest): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => sim.clock.afterTurn(resolve))
  }
}

const INTERRUPTED = { code: 11601, message: 'operation was interrupted' }

/** Ends open transactions: a restore does so anyway, and others may be waiting behind them. */
export function endTransactions(sim: Palimpsest): void {
  const { server } = sim
  for (const session of [...server.openTransactions()]) {
    session.killTransaction('killed', INTERRUPTED)
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
  const doomed = busyOperations(sim)
  for (const op of doomed) op.kill(INTERRUPTED.code, INTERRUPTED.message)
  sim.server.services.scheduler.drain()
  for (let step = 0; step < STEPS_MAX && busyOperations(sim).length > 0; step++) {
    if (sim.clock.mode === 'manual') await sim.clock.advance(STEP_MS)
    else await untilIdle(sim, STEP_MS)
  }
  return doomed.map((op) => `${op.name} (operation ${op.opId})`)
}

/** The longest sleep that nobody may interrupt, by the default backoff; and some of them. */
const STEP_MS = 100
const STEPS_MAX = 10
