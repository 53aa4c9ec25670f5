import { type Document, isNumeric, numberToDouble, typeNameOf } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { type Operation, WaitQueue, wait } from '../../sim/index.ts'
import type { CommandDescriptor } from '../descriptor.ts'
import { types } from '../fields.ts'
import type { Invocation } from '../invocation.ts'

/**
 * Moves virtual time, for whoever reaches the simulator through a driver only: what
 * `sim.clock.advance(ms)` is in process. Answers when everything that fell due has run.
 *
 * No command of MongoDB's, hence its name.
 */
export const palimpsestAdvanceClock = {
  name: 'palimpsestAdvanceClock',
  target: 'database',
  secondaryAllowed: 'always',
  fields: { ms: types.any },
  required: ['ms'],
  adminOnly: true,
  countsAsCommand: true,
  run(invocation: Invocation): Operation<Document> {
    const { command, op } = invocation
    const ms = millisecondsOf(command['ms'])
    if (op.clock.mode === 'real') {
      throw new ServerError(
        'IllegalOperation',
        "A real clock can't be advanced: start the simulator with time 'manual' or 'auto'",
      )
    }
    return advance(invocation, ms)
  },
} as const satisfies CommandDescriptor

function* advance({ op, server }: Invocation, ms: number): Operation<Document> {
  const { scheduler } = server.services
  const queue = new WaitQueue('palimpsestAdvanceClock')
  let isThere = false
  const arrived = (): void => {
    isThere = true
    queue.notifyAll()
    scheduler.drain()
  }
  // It fails only when the simulator stops, and then this operation has ended already.
  op.clock.advance(ms).then(arrived, () => {})
  while (!isThere) yield wait(queue, 'advance')
  return { now: new Date(Math.floor(op.clock.now())), elapsedMs: op.clock.elapsed(), ok: 1 }
}

function millisecondsOf(given: unknown): number {
  if (!isNumeric(given)) {
    throw new ServerError(
      'TypeMismatch',
      `BSON field 'palimpsestAdvanceClock.ms' is the wrong type '${typeNameOf(given)}', expected a number`,
    )
  }
  const ms = numberToDouble(given)
  if (ms >= 0 && Number.isFinite(ms)) return ms
  throw new ServerError('BadValue', `'ms' must be a time in milliseconds from 0 on, not ${ms}`)
}
