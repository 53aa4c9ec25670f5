import type { EventEmitter } from 'node:events'
import { failAfter } from '../observed_client.ts'
import { Failure } from '../outcome.ts'

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/** How often a condition is looked at that no event announces. */
const LOOK_EVERY_MS = 10

/**
 * Waits until a condition holds: looks when something has changed, and every now and then.
 *
 * @throws Failure after so long, with what `message` says then
 */
export async function until(
  holds: () => boolean,
  emitter: EventEmitter,
  timeoutMs: number,
  message: () => string,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let look: () => void = () => undefined
  const holding = new Promise<void>((resolve) => {
    look = () => {
      if (holds()) resolve()
    }
    timer = setInterval(look, LOOK_EVERY_MS)
    emitter.on('changed', look)
    look()
  })
  const tooLate = new Failure('')
  try {
    await Promise.race([holding, failAfter(timeoutMs, tooLate)])
  } catch (error) {
    throw error === tooLate ? new Failure(message()) : error
  } finally {
    clearInterval(timer)
    emitter.off('changed', look)
  }
}
